/** `oxo record`: a whole game, for people or to be verified. */
import type { GameRecord } from '../client/index.ts'
import { type Event, makeSheet } from '../game/index.ts'
import { parseGame } from './address.ts'
import { withClient } from './talk.ts'

/** @throws Stop */
export function record(game: string, url: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const address = parseGame(game, url)
  return withClient(address.server, {}, async (client) => {
    const whole = await client.call('game.record', { game: address.game })
    console.log(json ? JSON.stringify(whole, null, 2) : makeRecordSheet(whole))
  })
}

/** The sheet of the game, and what ties it to its record. */
export function makeRecordSheet({ game, entries, head }: GameRecord): string {
  const sheet = makeSheet(entries.map(({ event }) => event as Event))
  return `Game: ${game}\nEntries: ${entries.length}\nChain: ${head}\n${sheet}`
}
