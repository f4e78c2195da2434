/** Reference-counted handles of games on the server: a handle is closed when the last part of the page has left it. */
import { type Client, type GameHandle, OxoError } from '../../client/index.ts'
import { report } from './ask.ts'
import { firstText } from '../language/text.ts'
import { server } from './server.ts'
import { load, save } from './storage.ts'
import { openTable, type PageGame } from './page-game.ts'
import { ui, warn } from './ui.ts'
import { gamesWithUnanswered, type Kept, unansweredOf } from './unsent.ts'

const lookers = new Map<string, number>()

/** Opens a game. Null if it is not wanted any more when it is open. @throws OxoError */
export async function lookAt(client: Client, game: string, isWanted: () => boolean): Promise<PageGame | null> {
  lookers.set(game, (lookers.get(game) ?? 0) + 1)
  let handle: GameHandle | null = null
  const leave = (): void => {
    const rest = (lookers.get(game) ?? 1) - 1
    if (rest > 0) return void lookers.set(game, rest)
    lookers.delete(game)
    handle?.close()
  }
  try {
    handle = resume(client, game) ?? (await client.game(game))
    if (isWanted()) return openTable('server', handle, leave)
  } catch (error) {
    leave()
    throw error
  }
  leave()
  return null
}

/** Sends the stored commands that an earlier page could not deliver. */
export function deliver(): void {
  for (const game of gamesWithUnanswered())
    if (readUnanswered(server(), game) !== null) void lookAt(server(), game, () => false)
}

/** Resumes a game from its stored view and repeats its unanswered commands; null if there are none. */
function resume(client: Client, game: string): GameHandle | null {
  const kept = readUnanswered(client, game)
  if (kept === null) return null
  const handle = client.resume(kept.view)
  // Another part of the page may have repeated them already.
  if (handle.pending) return handle
  for (const command of kept.commands) {
    handle.repeat(command).catch((error: unknown) => {
      const { value: route } = ui.route
      const isShown = route.page === 'game' && route.game === game
      if (isShown || !(error instanceof OxoError)) report(error)
    })
  }
  return handle
}

/** Null if there are none of this account. */
function readUnanswered(client: Client, game: string): Kept | null {
  const { account: whose, journal = null, view, commands } = (load(unansweredOf(game)) ?? {}) as Partial<Kept>
  if (view?.game !== game || commands === undefined) return null
  const isOther = journal !== null && client.journal !== null && journal !== client.journal
  if (whose === client.account?.id && !isOther) return { account: whose, journal, view, commands }
  // Commands of another account or of another history can never be answered: drop them.
  save(unansweredOf(game), null)
  if (isOther) warn(firstText('gamesReplaced'))
  return null
}
