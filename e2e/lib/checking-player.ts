/** A player who remembers what was acknowledged, and afterwards accounts for it. */
import { type Entry, verifyEntries } from '../../src/journal/index.ts'
import { type GameRecord, makeBody, parseBody } from '../../src/protocol/index.ts'
import type { Event } from '../../src/game/index.ts'
import { ask, hearAnswer, makeRequest } from './ask.ts'
import type { Ledger } from './ledger.ts'
import { openLines, type Place, type Wire } from './wire.ts'

/** A game that a witness plays, both sides: which places, in which order. */
export interface Script {
  readonly rules: string
  readonly cells: readonly { readonly x: number; readonly y: number }[]
}

function makeScript(width: number, height: number, order: readonly number[]): Script {
  const cells = order.map((cell) => ({ x: cell % width, y: Math.floor(cell / width) }))
  return { rules: `${width},${height},${width}`, cells }
}

/** Rows of 25 marks that alternate, and no column or diagonal that long: nothing ever wins. */
const longScript = makeScript(25, 24, [...Array(25 * 24).keys()])
/** A draw: nine moves. */
export const nineMoves = makeScript(3, 3, [0, 1, 2, 4, 3, 5, 7, 6, 8])

/** What a witness knows of its game. */
export interface Account {
  readonly game: string
  readonly script: Script
  /** Commands that were acknowledged; the one at index v led to version v + 1. */
  readonly acknowledged: number
  /** Whether the next command was sent and not answered. */
  readonly isPending: boolean
}

interface WitnessOptions {
  readonly script?: Script
  /** Where each acknowledgement is written before the next command is sent. */
  readonly ledger?: Ledger
}

/** How long a witness waits before it asks the same again. */
const againMs = 20
/** As often it asks before it gives up: longer than any server is to be full. */
const tries = 1_000

/** Plays both sides of a board of its own; one request at a time, each with its version. */
export class Witness {
  readonly #game: string
  readonly #script: Script
  readonly #ledger: Ledger | undefined
  #acknowledged = 0
  #isPending = false
  readonly #refusals: string[] = []

  constructor(game: string, { script = longScript, ledger }: WitnessOptions = {}) {
    this.#game = game
    this.#script = script
    this.#ledger = ledger
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** The create and every move. */
  get isDone(): boolean {
    return this.#acknowledged > this.#script.cells.length
  }

  /** Names of errors that asked for the same again. */
  get refusals(): readonly string[] {
    return this.#refusals
  }

  /** What it knows now. */
  get account(): Account {
    const { acknowledged } = this
    return { game: this.#game, script: this.#script, acknowledged, isPending: this.#isPending }
  }

  /** Plays until the connection is lost or the board is full. A pending command is sent again first. */
  async play(place: Place): Promise<void> {
    const wire = await openLines(place)
    try {
      while (!this.isDone) await this.step(wire)
    } catch (cause) {
      if (cause instanceof Refused) throw cause
      // The connection is lost: that is what the test is about.
    } finally {
      wire.close()
    }
  }

  /** One command, asked until it is answered. @throws when the connection is lost, or the answer is a definite no. */
  async step(wire: Wire): Promise<void> {
    const wasPending = this.#isPending
    for (let attempt = 0; attempt < tries; attempt++) {
      this.#isPending = true
      wire.say(makeCommand(this.#game, this.#script, this.#acknowledged))
      const { result, error } = await hearAnswer<{ readonly version: number }>(wire)
      if (error === undefined) return this.#acknowledge(result?.version)
      // On a new connection it is another guest: that the id is taken says that its own creation was stored.
      if (wasPending && this.#acknowledged === 0 && error.data?.name === 'id-taken') return this.#acknowledge(1)
      if (error.data?.retry !== 'same') throw new Refused(JSON.stringify(error))
      this.#refusals.push(String(error.data.name))
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
    throw new Refused(`refused ${tries} times: ${this.#refusals.at(-1)}`)
  }

  async #acknowledge(version: number | undefined): Promise<void> {
    if (version !== this.#acknowledged + 1) throw new Refused(`version ${version}`)
    await this.#ledger?.write(this.#game, version)
    this.#acknowledged = version
    this.#isPending = false
  }
}

/** What does not add up with what the server has, one sentence each. */
export async function accountAt(place: Place, account: Account): Promise<readonly string[]> {
  const wire = await openLines(place)
  try {
    const { result } = await ask<GameRecord>(wire, makeRequest(0, 'game.record', { game: account.game }))
    const entries = result?.entries ?? []
    return findDiscrepancies(
      account,
      entries.map(({ version, at, event, chain }) => ({ version, chain, body: makeBody(at, event as Event) })),
    )
  } finally {
    wire.close()
  }
}

/** What does not add up with what is stored, one sentence each. */
export function findDiscrepancies(
  { game, script, acknowledged, isPending }: Account,
  entries: readonly Pick<Entry, 'version' | 'body' | 'chain'>[],
): readonly string[] {
  const most = acknowledged + (isPending ? 1 : 0)
  const broken = verifyEntries(entries)
  return [
    ...(entries.length < acknowledged
      ? [`${game}: ${acknowledged} were acknowledged, ${entries.length} are there`]
      : []),
    ...(entries.length > most ? [`${game}: ${most} were sent, ${entries.length} are there`] : []),
    ...entries.flatMap(({ body }, index) =>
      isWhatWasSent(body, script, index) ? [] : [`${game}: version ${index + 1} is another`],
    ),
    ...(broken === null ? [] : [`${game}: the chain breaks at version ${broken}`]),
  ]
}

/** The server says no to what must be accepted. */
class Refused extends Error {}

/** The command that leads to `version` + 1. */
export function makeCommand(game: string, { rules, cells }: Script, version: number): string {
  const cell = cells[version - 1]
  if (cell === undefined) return makeRequest(1, 'game.create', { game, seats: 'open', rules })
  return makeRequest(version + 1, 'game.move', { game, version, ...cell })
}

function isWhatWasSent(body: string, { cells }: Script, version: number): boolean {
  const { event } = parseBody(body)
  const cell = cells[version - 1]
  if (cell === undefined) return event.type === 'created'
  return event.type === 'moved' && event.x === cell.x && event.y === cell.y
}
