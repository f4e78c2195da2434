/** A player that records what was acknowledged and later compares it with what the server has. */
import { type Entry, verifyEntries } from '../../src/journal/index.ts'
import { type GameRecord, makeBody, parseBody } from '../../src/protocol/index.ts'
import type { Event } from '../../src/game/index.ts'
import { askServer, makeRpcRequest, readAnswer } from './ask.ts'
import type { Ledger } from './ledger.ts'
import { openLinesConnection, type TestConnection } from '../../src/conformance/wire.ts'
import type { Endpoint } from '../../src/conformance/endpoint.ts'

/** The moves of a game in order; a witness plays both sides. */
export interface Script {
  readonly rules: string
  readonly cells: readonly { readonly x: number; readonly y: number }[]
}

function makeScript(width: number, height: number, order: readonly number[]): Script {
  const cells = order.map((cell) => ({ x: cell % width, y: Math.floor(cell / width) }))
  return { rules: `${width},${height},${width}`, cells }
}

/** Rows of 25 alternating marks; no column or diagonal is as long as the line, so nobody wins. */
const longScript = makeScript(25, 24, [...Array(25 * 24).keys()])
/** A draw after nine moves. */
export const nineMoves = makeScript(3, 3, [0, 1, 2, 4, 3, 5, 7, 6, 8])

/** What a witness knows about its game. */
export interface CheckedGame {
  readonly game: string
  readonly script: Script
  /** The number of acknowledged commands; the command at index v led to version v + 1. */
  readonly acknowledged: number
  /** True if the next command was sent but not answered. */
  readonly isPending: boolean
}

interface WitnessOptions {
  readonly script?: Script
  /** Each acknowledgement is written here before the next command is sent. */
  readonly ledger?: Ledger
}

/** Delay before a refused request is repeated, in ms. */
const retryMs = 20
/** Attempts before a witness gives up: together longer than any test keeps a disk full. */
const tries = 1_000

/** Plays both sides of its own game; one request at a time, each with its version. */
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

  /** True if the creation and every move have been acknowledged. */
  get isDone(): boolean {
    return this.#acknowledged > this.#script.cells.length
  }

  /** Names of the retryable errors so far, in order. */
  get refusals(): readonly string[] {
    return this.#refusals
  }

  /** What the witness knows now. */
  get account(): CheckedGame {
    const { acknowledged } = this
    return { game: this.#game, script: this.#script, acknowledged, isPending: this.#isPending }
  }

  /** Plays until the connection is lost or the board is full. Sends a pending command again first. */
  async play(place: Endpoint): Promise<void> {
    const wire = await openLinesConnection(place)
    try {
      while (!this.isDone) await this.step(wire)
    } catch (cause) {
      if (cause instanceof Refused) throw cause
      // The connection is lost, which the tests cause on purpose.
    } finally {
      wire.close()
    }
  }

  /** Sends one command until it succeeds. @throws if the connection is lost or the refusal is not retryable. */
  async step(wire: TestConnection): Promise<void> {
    const wasPending = this.#isPending
    for (let attempt = 0; attempt < tries; attempt++) {
      this.#isPending = true
      wire.send(makeCommand(this.#game, this.#script, this.#acknowledged))
      const { result, error } = await readAnswer<{ readonly version: number }>(wire)
      if (error === undefined) return this.#acknowledge(result?.version)
      // A new connection is a new guest, so `id-taken` means that the earlier creation was stored.
      if (wasPending && this.#acknowledged === 0 && error.data?.name === 'id-taken') return this.#acknowledge(1)
      if (error.data?.retry !== 'same') throw new Refused(JSON.stringify(error))
      this.#refusals.push(String(error.data.name))
      await new Promise((resolve) => setTimeout(resolve, retryMs))
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

/** Compares the account with the record on the server. Returns one sentence per discrepancy. */
export async function accountAt(place: Endpoint, account: CheckedGame): Promise<readonly string[]> {
  const wire = await openLinesConnection(place)
  try {
    const { result } = await askServer<GameRecord>(wire, makeRpcRequest(0, 'game.record', { game: account.game }))
    const entries = result?.entries ?? []
    return findDiscrepancies(
      account,
      entries.map(({ version, at, event, chain }) => ({ version, chain, body: makeBody(at, event as Event) })),
    )
  } finally {
    wire.close()
  }
}

/** Compares the account with stored entries. Returns one sentence per discrepancy. */
export function findDiscrepancies(
  { game, script, acknowledged, isPending }: CheckedGame,
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
      isWhatWasSent(body, script, index) ? [] : [`${game}: version ${index + 1} is a different command`],
    ),
    ...(broken === null ? [] : [`${game}: the chain breaks at version ${broken}`]),
  ]
}

/** The server refused a command that it must accept. */
class Refused extends Error {}

/** The command that leads to `version` + 1. */
export function makeCommand(game: string, { rules, cells }: Script, version: number): string {
  const cell = cells[version - 1]
  if (cell === undefined) return makeRpcRequest(1, 'game.create', { game, seats: 'open', rules })
  return makeRpcRequest(version + 1, 'game.move', { game, version, ...cell })
}

function isWhatWasSent(body: string, { cells }: Script, version: number): boolean {
  const { event } = parseBody(body)
  const cell = cells[version - 1]
  if (cell === undefined) return event.type === 'created'
  return event.type === 'moved' && event.x === cell.x && event.y === cell.y
}
