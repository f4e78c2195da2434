import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Appended, JournalFault, MemoryJournal } from '../journal/index.ts'
import { Play } from './testing/play.ts'

/** A journal in which one game is damaged. */
class Damaged extends MemoryJournal {
  damage: string | null = null

  override async append(...[game, ...rest]: Parameters<MemoryJournal['append']>): Promise<Appended> {
    if (game !== 'bad') return super.append(game, ...rest)
    this.damage = 'game bad has lost its entries 2 to 3'
    throw new JournalFault('corrupt', this.damage)
  }
}

test('[J18] a damaged game refuses moves and the others are played; readiness reports it and stays ready', async () => {
  const play = await Play.open({ journal: new Damaged() })
  const ann = play.sit()
  assert.equal((await play.service.readiness()).checks['journal'], 'ok')
  await assert.rejects(ann.ask('game.create', { game: 'bad', seats: 'open' }), { fault: 'internal' })
  const { ready, checks } = await play.service.readiness()
  assert.deepEqual([ready, checks['journal']], [true, 'damaged: some games cannot be read; the log names them'])
  assert.equal((await ann.ask('game.create', { game: 'good', seats: 'open' })).version, 1)
})
