/** A player who writes down what was acknowledged, and afterwards accounts for it. */
import { verifyEntries } from '../src/journal/index.ts'
import { type GameRecord, makeBody, type MethodName, type Params } from '../src/protocol/index.ts'
import type { Event } from '../src/game/index.ts'
import { openLines, type Place, type Wire } from './wire.ts'

/** Rows of 25 marks that alternate, and no column or diagonal that long: nothing ever wins. */
const width = 25
const height = 24

/** Plays both sides of a board of its own; one request at a time, each with its version. */
export class Witness {
  readonly #game: string
  /** Commands that were acknowledged; the one at index v led to version v + 1. */
  #acknowledged = 0
  /** Whether the next command was sent and not answered. */
  #isPending = false

  constructor(game: string) {
    this.#game = game
  }

  /** How many commands were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Plays until the connection is lost or the board is full. A pending command is sent again first. */
  async play(place: Place): Promise<void> {
    const wire = await openLines(place)
    try {
      while (this.#acknowledged <= width * height) {
        this.#isPending = true
        wire.say(this.#command(this.#acknowledged))
        const { result, error } = await hearAnswer(wire)
        if (error !== undefined) throw new Refused(JSON.stringify(error))
        this.#isPending = false
        this.#acknowledged++
        if (result?.version !== this.#acknowledged) throw new Refused(`version ${result?.version}`)
      }
    } catch (cause) {
      if (cause instanceof Refused) throw cause
      // The connection is lost: that is what the test is about.
    } finally {
      wire.close()
    }
  }

  /** What does not add up, one sentence each. */
  async account(place: Place): Promise<readonly string[]> {
    const wire = await openLines(place)
    wire.say(makeRequest(0, 'game.record', { game: this.#game }))
    const { result } = await hearAnswer(wire)
    wire.close()
    const entries = (result as GameRecord | undefined)?.entries ?? []
    const most = this.#acknowledged + (this.#isPending ? 1 : 0)
    const broken = verifyEntries(
      entries.map(({ version, at, event, chain }) => ({ version, chain, body: makeBody(at, event as Event) })),
    )
    return [
      ...(entries.length < this.#acknowledged
        ? [`${this.#game}: ${this.#acknowledged} were acknowledged, ${entries.length} are there`]
        : []),
      ...(entries.length > most ? [`${this.#game}: ${most} were sent, ${entries.length} are there`] : []),
      ...entries.flatMap(({ event }, index) =>
        isWhatWasSent(event as Event, index) ? [] : [`${this.#game}: version ${index + 1} is another`],
      ),
      ...(broken === null ? [] : [`${this.#game}: the chain breaks at version ${broken}`]),
    ]
  }

  #command(version: number): string {
    const game = this.#game
    if (version === 0)
      return makeRequest(1, 'game.create', { game, seats: 'open', rules: `${width},${height},${width}` })
    return makeRequest(version, 'game.move', { game, version, ...placeOf(version) })
  }
}

/** The server says no to what must be accepted. */
class Refused extends Error {}

interface Answer {
  readonly result?: { readonly version?: number }
  readonly error?: unknown
}

async function hearAnswer(wire: Wire): Promise<Answer> {
  for (;;) {
    const message = JSON.parse(await wire.inbox.next()) as Answer
    if (message.result !== undefined || message.error !== undefined) return message
  }
}

function makeRequest<Method extends MethodName>(id: number, method: Method, params: Params<Method>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/** Where the command at `version` moves. */
function placeOf(version: number): { readonly x: number; readonly y: number } {
  return { x: (version - 1) % width, y: Math.floor((version - 1) / width) }
}

function isWhatWasSent(event: Event, version: number): boolean {
  if (version === 0) return event.type === 'created'
  const { x, y } = placeOf(version)
  return event.type === 'moved' && event.x === x && event.y === y
}
