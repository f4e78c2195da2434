/** The lobby, followed while its page is shown. */
import { effect, signal } from '@preact/signals'
import type { GameSummary, LobbyHandle } from '../../client/index.ts'
import type { PresetName } from '../../game/index.ts'
import { presets } from '../../game/index.ts'
import { ignoreRefusal } from '../state/ask.ts'
import { clientAge, server } from '../state/server.ts'
import { FollowedGames } from './followed.ts'

export interface LobbyState {
  /** Null until the server has sent the list. */
  readonly games: readonly GameSummary[] | null
  /** The account's own games, newest first. */
  readonly own: readonly GameSummary[]
}

export const lobby = signal<LobbyState>({ games: null, own: [] })
/** The rules to list; null means all. */
export const wanted = signal<PresetName | null>(null)
/** The live games whose boards the lobby shows. */
const live = new FollowedGames()
export const liveBoards = live.games

/** The most boards that follow their games. */
const boardsMax = 6
const ownMost = 8

/** Follows the list of games until the returned function is called. */
export function followGames(): () => void {
  return effect(() => {
    void clientAge.value
    return open(wanted.value)
  })
}

/** Follows the list and the boards of the first live games until the returned function is called. */
export function followLobby(): () => void {
  const leave = followGames()
  let followed = ''
  const stop = effect(() => {
    const games = lobby.value.games?.filter(({ status }) => status === 'live').map(({ game }) => game) ?? []
    const first = games.slice(0, boardsMax)
    if (first.join(' ') === followed) return
    followed = first.join(' ')
    void live.follow(first)
  })
  return () => {
    leave()
    stop()
    void live.follow([])
  }
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
