/** A closed service does nothing more, whatever was in progress. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../base/index.ts'
import { type Appended, type Entry, type Journal, JournalFault, MemoryJournal } from '../journal/index.ts'
import { type NodeBus, MemoryNodeBus } from './cluster/node-bus.ts'
import { makeMessage } from './cluster/node-message.ts'
import type { Choice } from '../game/index.ts'
import { Play, settle } from './testing/play.ts'

/** Counts calls. Holds appends and reads until `release` settles them. */
class HeldJournal extends MemoryJournal {
  asked = 0
  #gate: Promise<void> = Promise.resolve()
  #release: (() => void) | null = null
  #fault: JournalFault | null = null

  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    this.#release = resolve
  }

  release(fault: JournalFault | null): void {
    this.#fault = fault
    this.#release?.()
  }

  override async append(...asked: Parameters<Journal['append']>): Promise<Appended> {
    await this.#answer()
    return super.append(...asked)
  }

  override async read(...asked: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    await this.#answer()
    return super.read(...asked)
  }

  override async readBack(...asked: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    await this.#answer()
    return super.readBack(...asked)
  }

  async #answer(): Promise<void> {
    this.asked++
    await this.#gate
    if (this.#fault !== null) throw this.#fault
  }
}

/** Starts everything that a service does by itself, and finishes none of it. */
async function begin(exchange?: NodeBus) {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new HeldJournal()
  const thought = Promise.withResolvers<Choice>()
  const play = await Play.open({
    journal,
    clock,
    think: () => thought.promise,
    ...(exchange === undefined ? {} : { exchange }),
  })
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  const timed = await ann.ask('game.create', { clock: { initialMs: 60_000, incrementMs: 0 } })
  await bob.ask('game.join', { game: timed.game })
  const left = await ann.ask('game.create', { public: true })
  await bob.ask('game.join', { game: left.game })
  await ann.ask('game.unwatch', { game: left.game })
  await play.pass(1_000)
  await eve.ask('game.create', { opponent: { bot: 'casual' }, seat: 'O' })
  await eve.ask('lobby.watch', {})
  journal.hold()
  const requests = [
    ann.ask('game.move', { game: timed.game, x: 0, y: 0 }),
    ann.ask('game.create', {}),
    eve.ask('lobby.play', {}),
    eve.ask('game.get', { game: 'never' }),
    bob.ask('game.resign', { game: left.game }),
  ]
  for (const request of requests) request.catch(() => {})
  await settle()
  return { play, clock, journal, thought }
}

const ends: readonly (readonly [how: string, fault: JournalFault | null])[] = [
  ['are stored', null],
  ['are refused', new JournalFault('unavailable', 'scripted')],
  ['have no outcome', new JournalFault('outcome-unknown', 'scripted')],
]

for (const [how, fault] of ends)
  test(`[W35] after close() of the service, with appends and reads in progress that ${how}: no timer, no read, no append`, async () => {
    const { play, clock, journal, thought } = await begin()
    const closed = play.service.close()
    await settle()
    journal.release(fault)
    thought.resolve({ x: 1, y: 1 })
    await closed
    await settle()
    assert.equal(clock.waiting, 0)
    const { asked } = journal
    clock.advance(400 * 24 * 3_600_000)
    await settle()
    assert.equal(journal.asked, asked)
    assert.equal(clock.waiting, 0)
    await play.service.close()
  })

test('[W35] a closed service refuses every request and keeps nothing', async () => {
  const { play, clock, journal } = await begin()
  const closed = play.service.close()
  journal.release(null)
  await closed
  await settle()
  const { asked } = journal
  const late = play.sit()
  for (const request of [
    late.refused('game.move', { game: 'main', x: 0, y: 0 }),
    late.refused('game.get', { game: 'main' }),
    late.refused('lobby.play', {}),
  ])
    assert.equal(await request, 'unavailable')
  assert.deepEqual([journal.asked, clock.waiting], [asked, 0])
})

test('[W35] a closed node announces to the others that it leaves, and sends nothing after that', async () => {
  const exchanges = new MemoryNodeBus()
  const sent: string[] = []
  const listening = exchanges.join('b')
  listening.hear((text) => void sent.push(text))
  const { play, clock, journal } = await begin(exchanges.join('a'))
  const closed = play.service.close()
  journal.release(null)
  await closed
  await settle()
  assert.match(sent.at(-1) ?? '', /leave/)
  const { length } = sent
  // A client connects and sends a request.
  listening.tell(makeMessage({ type: 'beat', from: 'b', at: 1, version: 1, heard: {} }))
  listening.tell(makeMessage({ type: 'ask', from: 'b', after: 0 }), 'a')
  clock.advance(60_000)
  await settle()
  assert.equal(sent.length, length)
  assert.equal(clock.waiting, 0)
})
