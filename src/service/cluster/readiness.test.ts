import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog, VirtualClock } from '../../base/index.ts'
import { JournalFault, MemoryJournal } from '../../journal/index.ts'
import { Fault } from '../../protocol/index.ts'
import { MemoryNodeBus } from './node-bus.ts'
import { Play, settle } from '../testing/play.ts'

/** A journal on other machines, which may be unavailable, and may delay its answers. */
class DistantJournal extends MemoryJournal {
  isAway = false
  appends = 0
  #held: PromiseWithResolvers<void> | null = null

  override async append(...of: Parameters<MemoryJournal['append']>): ReturnType<MemoryJournal['append']> {
    this.appends++
    await this.#answer()
    return super.append(...of)
  }

  override async read(...of: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    await this.#answer()
    return super.read(...of)
  }

  override async readBack(...of: Parameters<MemoryJournal['readBack']>): ReturnType<MemoryJournal['readBack']> {
    await this.#answer()
    return super.readBack(...of)
  }

  hold(): void {
    this.#held = Promise.withResolvers<void>()
  }

  release(): void {
    this.#held?.resolve()
    this.#held = null
  }

  async #answer(): Promise<void> {
    await this.#held?.promise
    if (this.isAway) throw new JournalFault('unavailable', 'nobody answers')
  }
}

const isReady = async ({ service }: Play): Promise<boolean> => (await service.readiness()).ready
const move = { game: 'main', x: 1, y: 1, player: 'X', version: 1 } as const

test('[S15] [N6] a command at a version that does not exist does not make the node unready', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const play = await Play.open({ clock, exchange: new MemoryNodeBus().join('n1') })
  const ann = play.sit()
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(await ann.refused('game.move', { ...move, version: 900 }), 'unavailable')
    assert.equal(await isReady(play), true)
  }
})

test('[S15] an idle node notices that its journal is unavailable, and that it is back', async () => {
  const journal = new DistantJournal()
  const play = await Play.open({ journal })
  const { appends } = journal
  await play.pass(60_000)
  assert.equal(await isReady(play), true)
  journal.isAway = true
  await play.pass(2_000)
  assert.equal(await isReady(play), false)
  assert.equal(journal.appends, appends, 'what is well is not written to for this')
  journal.isAway = false
  await play.pass(2_000)
  assert.equal(await isReady(play), true)
})

test('[S15] after a fault that is long over, each of several concurrent callers is told that it is over', async () => {
  const journal = new DistantJournal()
  const play = await Play.open({ journal })
  journal.isAway = true
  assert.equal(await play.sit().refused('game.move', move), 'unavailable')
  assert.equal(await isReady(play), false)
  journal.isAway = false
  await play.pass(60_000)
  assert.deepEqual(await Promise.all([isReady(play), isReady(play), isReady(play)]), [true, true, true])
})

test('[S15] a caller that cannot wait for a silent journal gets the previous result', async () => {
  const journal = new DistantJournal()
  const play = await Play.open({ journal })
  journal.isAway = true
  assert.equal(await play.sit().refused('game.move', move), 'unavailable')
  await play.pass(2_000)
  journal.hold()
  let answer: boolean | null = null
  void play.service.readiness(200).then(({ ready }) => (answer = ready))
  await settle()
  assert.equal(answer, null)
  await play.pass(200)
  assert.equal(answer, false)
  journal.isAway = false
  journal.release()
  await settle()
  assert.equal(await isReady(play), true)
})

test('[S15] faults other than failed writes are not reported as such: a full memory, a failed read', async () => {
  const logged: string[] = []
  const journal = new MemoryJournal()
  const log = { ...silentLog, error: (_: object, event: string) => void logged.push(event) }
  const play = await Play.open({ journal, log })
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.join', { game })
  await ann.ask('game.resign', { game })
  await ann.ask('game.offer', { game, what: 'rematch' })
  // The rematch has no place in memory.
  play.service.rematch = () => Promise.reject(new Fault('unavailable', 'too many games are live on this server'))
  assert.equal(await bob.refused('game.answer', { game, what: 'rematch' }), 'unavailable')
  assert.equal((await play.service.readiness(0)).checks['journal'], 'ok')
  // A command at a version that this node does not know needs a read.
  const read = journal.read.bind(journal)
  journal.read = () => Promise.reject(new JournalFault('unavailable', 'no leader'))
  assert.equal(await ann.refused('game.move', { game: 'main', x: 0, y: 0, version: 9 }), 'unavailable')
  assert.deepEqual(logged, [])
  journal.read = read
  assert.equal((await play.service.readiness()).ready, true)
})
