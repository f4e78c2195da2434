/** `oxo record`: prints a whole game as a sheet or as a verifiable record, reading it page by page. */
import { once } from 'node:events'
import { type GameRecord, readRecord } from '../../client/index.ts'
import { type Event, evolve, type Game, makeGameSheet } from '../../game/index.ts'
import { parseGame } from '../address.ts'
import { withClient } from '../with-client.ts'

type Pages = AsyncIterable<GameRecord>

/** @throws Stop */
export function record(game: string, url: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const address = parseGame(game, url)
  return withClient(address.server, {}, async (client) => {
    const pages = readRecord(client, address.game)
    for await (const text of json ? makeRecordJson(pages) : makeRecordSheet(pages)) await print(text)
  })
}

/** Yields in pieces the text that an indenting `JSON.stringify` gives for a whole record. */
export async function* makeRecordJson(pages: Pages): AsyncGenerator<string> {
  let head: string | null = null
  for await (const page of pages) {
    const begin = head === null ? `{\n  "game": ${JSON.stringify(page.game)},\n  "entries": [\n    ` : ',\n    '
    const entries = page.entries.map((entry) => JSON.stringify(entry, null, 2).replaceAll('\n', '\n    '))
    if (entries.length > 0) yield begin + entries.join(',\n    ')
    head = page.head === '' ? head : page.head
  }
  yield `\n  ],\n  "head": ${JSON.stringify(head)}\n}\n`
}

/** Yields the sheet of the game, with the head of its chain. */
export async function* makeRecordSheet(pages: Pages): AsyncGenerator<string> {
  let [game, id, count, last]: [Game | null, string, number, string] = [null, '', 0, '']
  for await (const page of pages) {
    for (const { event } of page.entries) game = evolve(game, event as Event)
    id = page.game
    count += page.entries.length
    last = page.head === '' ? last : page.head
  }
  yield `Game: ${id}\nEntries: ${count}\nChain: ${last}\n${makeGameSheet(game)}\n`
}

/** Resolves when stdout accepts more. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
