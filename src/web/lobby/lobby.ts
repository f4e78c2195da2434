/** The lobby, followed while its page is shown. */
import { effect, signal } from '@preact/signals'
import type { GameSummary, LobbyHandle } from '../../client/index.ts'
import type { PresetName } from '../../game/index.ts'
import { presets } from '../../game/index.ts'
import { ignoreRefusal } from '../state/ask.ts'
import { lookAt } from '../state/shared-handles.ts'
import { clientAge, server } from '../state/server.ts'
import type { PageGame } from '../state/page-game.ts'

export interface LobbyState {
  /** Null until the server has sent the list. */
  readonly games: readonly GameSummary[] | null
  /** The account's own games, newest first. */
  readonly own: readonly GameSummary[]
}

export const lobby = signal<LobbyState>({ games: null, own: [] })
/** The rules to list; null means all. */
export const wanted = signal<PresetName | null>(null)
/** A live game that the lobby shows as a preview. */
export const onView = signal<PageGame | null>(null)

const ownMost = 8

/** Follows the list of games until the returned function is called. */
export function followGames(): () => void {
  return effect(() => {
    void clientAge.value
    return open(wanted.value)
  })
}

/** Follows the list and the preview of a live game until the returned function is called. */
export function followLobby(): () => void {
  const leave = followGames()
  const stop = effect(() => lookTo(firstLive()))
  return () => {
    leave()
    stop()
    lookTo(null)
  }
}

/** The current preview. Each one is a new object, so a later preview of the same game can be distinguished. */
let looksTo: { readonly game: string } | null = null

function lookTo(game: string | null): void {
  if (game === (looksTo?.game ?? null)) return
  looksTo = game === null ? null : { game }
  onView.peek()?.leave()
  onView.value = null
  if (looksTo !== null) void look(looksTo)
}

/** Opens the lobby; the returned function leaves it. */
function open(rules: PresetName | null): () => void {
  let isLeft = false
  let handle: LobbyHandle | null = null
  const client = server()
  client.lobby(rules === null ? {} : { rules: presets[rules] }).then((opened) => {
    // The cleanup has already run, so close the handle here.
    if (isLeft) return opened.close()
    handle = opened
    const tell = (): void => void (lobby.value = { ...lobby.value, games: opened.games })
    stop = opened.onChange(tell)
    tell()
  }, ignoreRefusal)
  let stop = (): void => {}
  readOwn().then((own) => !isLeft && (lobby.value = { ...lobby.value, own }), ignoreRefusal)
  return () => {
    isLeft = true
    stop()
    handle?.close()
    lobby.value = { games: null, own: [] }
  }
}

async function readOwn(): Promise<readonly GameSummary[]> {
  const found: GameSummary[] = []
  for await (const summary of server().games()) if (found.push(summary) === ownMost) break
  return found
}

function firstLive(): string | null {
  return lobby.value.games?.find(({ status }) => status === 'live')?.game ?? null
}

async function look(wish: { readonly game: string }): Promise<void> {
  try {
    const table = await lookAt(server(), wish.game, () => looksTo === wish)
    if (table !== null) onView.value = table
  } catch (error) {
    ignoreRefusal(error)
  }
}
