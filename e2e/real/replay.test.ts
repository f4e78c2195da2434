/** A move happens once: all requests of all clients are repeated twice in random order, and nothing changes. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Random, seededRandom } from '../../src/base/index.ts'
import type { GameRecord, GameView, Result } from '../../src/protocol/index.ts'
import { type RpcAnswer, askServer, makeRpcRequest, readAnswer } from '../lib/ask.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLinesConnection, type TestConnection } from '../../src/conformance/wire.ts'

const games = Number(process.env['OXO_REPLAY_GAMES'] ?? 400)
const seed = Number(process.env['OXO_REPLAY_SEED'] ?? 1952)
const pairs = 4
/** Requests in flight at once on one connection. */
const windowMax = 100

/** An account on one connection, with every request that it has sent. */
class Account {
  readonly sent: string[] = []
  readonly #wire: TestConnection
  readonly #token: string

  private constructor(wire: TestConnection, token: string) {
    this.#wire = wire
    this.#token = token
  }

  static async enter(server: ServerProcess, token?: string): Promise<Account> {
    const wire = await openLinesConnection(server)
    const { result } = await askServer<Result<'hello'>>(
      wire,
      makeRpcRequest(1, 'hello', token === undefined ? {} : { token }),
    )
    assert.ok(result !== undefined)
    return new Account(wire, result.token)
  }

  /** Sends a request. @throws if it is refused. */
  async ask(request: string): Promise<GameView> {
    this.sent.push(request)
    const { result, error }: RpcAnswer<GameView> = await askServer(this.#wire, request)
    if (result === undefined) throw new Error(`${request}: ${JSON.stringify(error)}`)
    return result
  }

  /** Sends everything twice more in random order on a new connection. Returns the number of requests. */
  async repeat(server: ServerProcess, random: Random): Promise<number> {
    const again = await Account.enter(server, this.#token)
    const requests = shuffle([...this.sent, ...this.sent], random)
    let answered = 0
    for (let sent = 0; answered < requests.length; answered++) {
      for (; sent < requests.length && sent - answered < windowMax; sent++) again.#wire.send(requests[sent] ?? '')
      await readAnswer(again.#wire)
    }
    again.close()
    return answered
  }

  close(): void {
    this.#wire.close()
  }
}

function shuffle<T>(items: readonly T[], random: Random): readonly T[] {
  const shuffled = [...items]
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const [here, there] = [shuffled[index] as T, shuffled[other] as T]
    shuffled[index] = there
    shuffled[other] = here
  }
  return shuffled
}

/**
 * Plays a game with offers, takebacks and resignations; many are left unfinished. Returns the ids of all games made.
 */
async function playOne(
  game: string,
  [one, other]: readonly [Account, Account],
  random: Random,
): Promise<readonly string[]> {
  await one.ask(makeRpcRequest(2, 'game.create', { game, seat: 'X' }))
  let view = await other.ask(makeRpcRequest(3, 'game.join', { game, player: 'O' }))
  const length = random.below(14)
  for (let step = 0; step < length && view.outcome === null; step++) view = await act(view, [one, other], random)
  if (view.outcome === null || random.below(3) > 0) return [game]
  view = await one.ask(makeRpcRequest(4, 'game.offer', { game, version: view.version, what: 'rematch' }))
  view = await other.ask(makeRpcRequest(4, 'game.answer', { game, version: view.version, what: 'rematch' }))
  return view.next === undefined ? [game] : [game, view.next]
}

function act(view: GameView, [one, other]: readonly [Account, Account], random: Random): Promise<GameView> {
  const { game, version, board, turn, offer, last } = view
  const [mover, waiter] = turn === 'X' ? [one, other] : [other, one]
  if (offer !== undefined) {
    const answerer = offer.player === 'X' ? other : one
    const accept = offer.what === 'takeback' || random.below(4) === 0
    return answerer.ask(makeRpcRequest(5, 'game.answer', { game, version, what: offer.what, accept }))
  }
  const draw = random.below(12)
  // The number of draw offers between two moves is limited.
  if (draw === 0 && last?.type !== 'declined')
    return waiter.ask(makeRpcRequest(6, 'game.offer', { game, version, what: 'draw' }))
  if (draw < 3 && /[XO]/.test(board))
    return waiter.ask(makeRpcRequest(7, 'game.offer', { game, version, what: 'takeback' }))
  if (draw === 3 && random.below(4) === 0) return mover.ask(makeRpcRequest(8, 'game.resign', { game, version }))
  const free = [...board].flatMap((mark, cell) => (mark === '.' ? [cell] : []))
  const cell = free[random.below(free.length)] ?? 0
  return mover.ask(makeRpcRequest(9, 'game.move', { game, version, x: cell % 3, y: Math.floor(cell / 3) }))
}

async function headsOf(server: ServerProcess, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wire = await openLinesConnection(server)
  const heads = new Map<string, string>()
  for (const game of ids) {
    const { result } = await askServer<GameRecord>(wire, makeRpcRequest(1, 'game.record', { game }))
    heads.set(game, `${result?.entries.length} ${result?.head}`)
  }
  wire.close()
  return heads
}

/** Plays `count` games, repeats every request, and compares the hashes of all games. */
async function replay(command: readonly string[], count: number) {
  await using server = await ServerProcess.start(command)
  const ids: string[] = []
  const accounts: Account[] = []
  let next = 0
  const work = async (pair: number): Promise<void> => {
    const two = [await Account.enter(server), await Account.enter(server)] as const
    accounts.push(...two)
    const random = seededRandom(seed + pair)
    for (let number = next++; number < count; number = next++)
      // No hyphen in the id: the rematch of `replay-1` would be `replay-2`.
      ids.push(...(await playOne(`replay${number}`, two, random)))
  }
  await Promise.all(Array.from({ length: pairs }, (_, pair) => work(pair)))
  const before = await headsOf(server, ids)
  const random = seededRandom(seed)
  const counts = await Promise.all(accounts.map((account) => account.repeat(server, random)))
  const after = await headsOf(server, ids)
  for (const account of accounts) account.close()
  const changed = ids.filter((id) => before.get(id) !== after.get(id))
  return { changed, ids, requests: counts.reduce((sum, count) => sum + count, 0) }
}

test('[G11] all requests are repeated twice in random order, and no game changes', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-replay-'))
  const { changed, ids, requests } = await replay(serveCommand(join(folder.path, 'journal.sqlite')), games)
  assert.deepEqual(changed, [], `seed ${seed}`)
  assert.ok(requests > games * 4)
  const figure = `${ids.length} games, ${requests} requests said again in random order: 0 hashes changed`
  t.diagnostic(figure)
  recordFinding('replay', {
    promise: 'A move happens once, however often it is sent',
    test: 'e2e/real/replay.test.ts',
    figure,
    command: 'OXO_REPLAY_GAMES=1000 node --test e2e/real/replay.test.ts',
  })
})

test('a server that ignores the version is detected', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-replay-'))
  const few = 40
  const { changed } = await replay(plantedCommand('version-ignored', join(folder.path, 'journal.sqlite')), few)
  assert.notDeepEqual(changed, [])
  recordFinding('replay', {
    planted: 'does not look at the version',
    caughtAfter: `${few} games, ${changed.length} of them changed`,
  })
})
