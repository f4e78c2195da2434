/** A move happens once: everything that clients ever said is said again, twice and in any order, and nothing changes. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Random, seededRandom } from '../../src/base/index.ts'
import type { GameRecord, GameView, Result } from '../../src/protocol/index.ts'
import { type Answer, ask, hearAnswer, makeRequest } from '../lib/ask.ts'
import { record } from '../lib/record.ts'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLines, type Wire } from '../lib/wire.ts'

const games = Number(process.env['OXO_REPLAY_GAMES'] ?? 1_000)
const seed = Number(process.env['OXO_REPLAY_SEED'] ?? 1952)
const pairs = 4
/** Requests under way at once on one connection. */
const windowMax = 100

/** One account, and every request that it sent. */
class Speaker {
  readonly said: string[] = []
  readonly #wire: Wire
  readonly #token: string

  private constructor(wire: Wire, token: string) {
    this.#wire = wire
    this.#token = token
  }

  static async enter(server: ServerProcess, token?: string): Promise<Speaker> {
    const wire = await openLines(server)
    const { result } = await ask<Result<'hello'>>(wire, makeRequest(1, 'hello', token === undefined ? {} : { token }))
    assert.ok(result !== undefined)
    return new Speaker(wire, result.token)
  }

  /** @throws when it is refused. */
  async ask(request: string): Promise<GameView> {
    this.said.push(request)
    const { result, error }: Answer<GameView> = await ask(this.#wire, request)
    if (result === undefined) throw new Error(`${request}: ${JSON.stringify(error)}`)
    return result
  }

  /** Everything twice, in an order that is drawn, on a connection of its own. */
  async repeat(server: ServerProcess, random: Random): Promise<number> {
    const again = await Speaker.enter(server, this.#token)
    const requests = shuffle([...this.said, ...this.said], random)
    let heard = 0
    for (let sent = 0; heard < requests.length; heard++) {
      for (; sent < requests.length && sent - heard < windowMax; sent++) again.#wire.say(requests[sent] ?? '')
      await hearAnswer(again.#wire)
    }
    again.close()
    return heard
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

/** A game of two, with offers, takebacks and resignations; half of them are left in the middle. */
async function playOne(
  game: string,
  [one, other]: readonly [Speaker, Speaker],
  random: Random,
): Promise<readonly string[]> {
  await one.ask(makeRequest(2, 'game.create', { game, seat: 'X' }))
  let view = await other.ask(makeRequest(3, 'game.join', { game, player: 'O' }))
  const length = random.below(14)
  for (let step = 0; step < length && view.outcome === null; step++) view = await act(view, [one, other], random)
  if (view.outcome === null || random.below(3) > 0) return [game]
  view = await one.ask(makeRequest(4, 'game.offer', { game, version: view.version, what: 'rematch' }))
  view = await other.ask(makeRequest(4, 'game.answer', { game, version: view.version, what: 'rematch' }))
  return view.next === undefined ? [game] : [game, view.next]
}

function act(view: GameView, [one, other]: readonly [Speaker, Speaker], random: Random): Promise<GameView> {
  const { game, version, board, turn, offer, last } = view
  const [mover, waiter] = turn === 'X' ? [one, other] : [other, one]
  if (offer !== undefined) {
    const answerer = offer.player === 'X' ? other : one
    const accept = offer.what === 'takeback' || random.below(4) === 0
    return answerer.ask(makeRequest(5, 'game.answer', { game, version, what: offer.what, accept }))
  }
  const draw = random.below(12)
  // Only so many draws may be offered between two moves.
  if (draw === 0 && last?.type !== 'declined')
    return waiter.ask(makeRequest(6, 'game.offer', { game, version, what: 'draw' }))
  if (draw < 3 && /[XO]/.test(board))
    return waiter.ask(makeRequest(7, 'game.offer', { game, version, what: 'takeback' }))
  if (draw === 3 && random.below(4) === 0) return mover.ask(makeRequest(8, 'game.resign', { game, version }))
  const free = [...board].flatMap((mark, cell) => (mark === '.' ? [cell] : []))
  const cell = free[random.below(free.length)] ?? 0
  return mover.ask(makeRequest(9, 'game.move', { game, version, x: cell % 3, y: Math.floor(cell / 3) }))
}

async function headsOf(server: ServerProcess, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wire = await openLines(server)
  const heads = new Map<string, string>()
  for (const game of ids) {
    const { result } = await ask<GameRecord>(wire, makeRequest(1, 'game.record', { game }))
    heads.set(game, `${result?.entries.length} ${result?.head}`)
  }
  wire.close()
  return heads
}

/** Which games changed when everything was said again. */
async function replay(command: readonly string[], count: number) {
  await using server = await ServerProcess.start(command)
  const ids: string[] = []
  const speakers: Speaker[] = []
  let next = 0
  const work = async (pair: number): Promise<void> => {
    const two = [await Speaker.enter(server), await Speaker.enter(server)] as const
    speakers.push(...two)
    const random = seededRandom(seed + pair)
    for (let number = next++; number < count; number = next++)
      // Without a hyphen: the rematch of `replay-1` would be `replay-2`.
      ids.push(...(await playOne(`replay${number}`, two, random)))
  }
  await Promise.all(Array.from({ length: pairs }, (_, pair) => work(pair)))
  const before = await headsOf(server, ids)
  const random = seededRandom(seed)
  const counts = await Promise.all(speakers.map((speaker) => speaker.repeat(server, random)))
  const after = await headsOf(server, ids)
  for (const speaker of speakers) speaker.close()
  const changed = ids.filter((id) => before.get(id) !== after.get(id))
  return { changed, ids, requests: counts.reduce((sum, heard) => sum + heard, 0) }
}

test('[G11] what was said is said again twice and in any order, and no game changes', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-replay-'))
  const { changed, ids, requests } = await replay(serveCommand(join(folder.path, 'journal.sqlite')), games)
  assert.deepEqual(changed, [], `seed ${seed}`)
  assert.ok(requests > games * 4)
  const figure = `${ids.length} games, ${requests} requests said again in random order: 0 hashes changed`
  t.diagnostic(figure)
  record('replay', {
    promise: 'A move happens once, however often it is sent',
    test: 'e2e/real/replay.test.ts',
    figure,
    command: 'node --test e2e/real/replay.test.ts',
  })
})

test('a server that does not look at the version is caught', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-replay-'))
  const few = 40
  const { changed } = await replay(
    ['e2e/lib/planted-server.ts', 'version-ignored', join(folder.path, 'journal.sqlite')],
    few,
  )
  assert.notDeepEqual(changed, [])
  record('replay', {
    planted: 'does not look at the version',
    caughtAfter: `${few} games, ${changed.length} of them changed`,
  })
})
