/** Fuzzes `oxo verify` with untrusted records: each must be complete and legal, or refused with a message. */
import { parseRecord } from '../../src/cli/commands/verify.ts'
import { replay } from '../../src/cli/commands/replay.ts'
import { Stop } from '../../src/server/stop.ts'
import { verifyRecord } from '../../src/client/index.ts'
import type { Event } from '../../src/game/index.ts'
import { chainStart } from '../../src/journal/index.ts'
import { sha256Chain } from '../../src/base/node/index.ts'
import { type Attack, FuzzFinding, type Target } from '../lib/target.ts'

export const recordTarget: Target = {
  name: 'record',
  about:
    'the reader of untrusted record files; an input that begins with [ is a list of events, which get a valid chain',
  words: [
    '"game":', '"entries":[', '"version":', '"at":', '"event":{', '"chain":"', '"head":"', '"type":"created"', '"type":"moved"', '"type":"joined"',
    '"type":"restarted"', '"type":"accepted"', '"type":"flagged"', '"player":"X"', '"x":', '"y":', '"rules":{', '"width":', '"height":', '"line":',
    '"players":{', '"clock":{', '"elapsedMs":', '"what":"rematch"', '"next":', '}]', '},{', 'null', '{}', '[]', 'GOOD',
  ], // prettier-ignore
  plants: { unchained: 'the chain is not verified' },
  open: async (plant) => new RecordAttack(plant === null),
}

const rules = { width: 3, height: 3, line: 3, gravity: false, misere: false, marks: 'own', exact: false }
const goodEvents = [
  { type: 'created', rules, seats: 'open', public: false, players: {} },
  { type: 'moved', player: 'X', x: 1, y: 1 },
  { type: 'moved', player: 'O', x: 0, y: 0 },
]

class RecordAttack implements Attack {
  readonly #isChained: boolean
  readonly #good = makeRecord(goodEvents)

  constructor(isChained: boolean) {
    this.#isChained = isChained
  }

  async give(input: Buffer): Promise<() => string> {
    const kind = await this.#judge(input)
    return () => kind
  }

  async #judge(input: Buffer): Promise<string> {
    const text = input.toString().replace('GOOD', this.#good)
    const events = text.startsWith('[') ? parseEvents(text) : null
    try {
      const record = parseRecord(events === null ? text : makeRecord(events))
      if (this.#isChained && (await verifyRecord(record)) !== null) return 'broken'
      const game = replay(record.entries.map(({ event }) => event as Event))
      if ('reason' in game) return `illegal ${game.reason.replaceAll(/[^a-z ]/g, '').slice(0, 40)}`
      const isGood = JSON.stringify(record.entries) === JSON.stringify(parseRecord(this.#good).entries)
      if (events === null && !isGood) throw new FuzzFinding(`a game that was never played holds: ${text.slice(0, 300)}`)
      return 'holds'
    } catch (cause) {
      if (cause instanceof Stop) return 'stop'
      throw cause
    }
  }

  async serve(): Promise<void> {
    if ((await this.#judge(Buffer.from(this.#good))) !== 'holds') throw new FuzzFinding('a good record does not hold')
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function parseEvents(text: string): readonly object[] | null {
  try {
    const events: unknown = JSON.parse(text)
    return Array.isArray(events) ? events.filter((event) => typeof event === 'object' && event !== null) : null
  } catch {
    return null
  }
}

/** Makes a record with a valid chain for the events, as a forger could. */
function makeRecord(events: readonly object[]): string {
  let chain = chainStart
  const entries = events.map((event, index) => {
    const at = 1_790_000_000_000 + index
    chain = sha256Chain(chain, index + 1, `{"at":${at},"event":${JSON.stringify(event)}}`)
    return { version: index + 1, at, event, chain }
  })
  return JSON.stringify({ game: 'main', entries, head: chain })
}
