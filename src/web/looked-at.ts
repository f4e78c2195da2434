/** Games of the server that parts of the page look at, each by one handle: it is closed when the last part has left. */
import type { Client, GameHandle } from '../client/index.ts'
import { openTable, type Table } from './table.ts'

const lookers = new Map<string, number>()

/** Null: nobody wants it any more. @throws OxoError */
export async function lookAt(client: Client, game: string, isWanted: () => boolean): Promise<Table | null> {
  lookers.set(game, (lookers.get(game) ?? 0) + 1)
  let handle: GameHandle | null = null
  const leave = (): void => {
    const rest = (lookers.get(game) ?? 1) - 1
    if (rest > 0) return void lookers.set(game, rest)
    lookers.delete(game)
    handle?.close()
  }
  try {
    handle = await client.game(game)
    if (isWanted()) return openTable('server', handle, leave)
  } catch (error) {
    leave()
    throw error
  }
  leave()
  return null
}
