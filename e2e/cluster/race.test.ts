/**
 * Two writers append to one game at the same version: exactly one append is `stored`, whatever the servers acknowledge.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Journal } from '../../src/journal/index.ts'
import { type JetStreamJournalOptions, openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import { verifyEntries } from '../../src/journal/index.ts'
import { NatsCluster, type NatsClusterOptions } from '../lib/nats-cluster.ts'
import { recordFinding } from '../lib/record.ts'

const races = Number(process.env['OXO_RACES'] ?? 400)
const atOnce = 8
const versions = 3

interface Result {
  readonly won: number
  /** Races in which both appends were `stored`. */
  readonly doubled: number
  /** Races in which neither append was `stored`. */
  readonly undecided: number
}

/** Both journals append to each of many games at the same versions, each time after the entry that was stored. */
async function raceOf(journals: readonly [Journal, Journal], times: number): Promise<Result> {
  const result = { won: 0, doubled: 0, undecided: 0 }
  const race = async (game: string): Promise<void> => {
    for (let version = 0; version < versions; version++) {
      const answers = await Promise.all(
        journals.map((journal, index) => journal.append(game, version, `${index} wrote ${version + 1} of ${game}`)),
      )
      const winner = answers.indexOf('stored')
      if (winner < 0) result.undecided++
      else if (answers.lastIndexOf('stored') > winner) result.doubled++
      else result.won++
      if (answers.filter((answer) => answer === 'stored').length !== 1) return
      const [{ body } = { body: '' }] = await (journals[1 - winner] ?? journals[0]).read(game, version)
      assert.equal(body, `${winner} wrote ${version + 1} of ${game}`, 'the loser must read what the winner wrote')
    }
    for (const journal of journals) assert.equal(verifyEntries(await journal.read(game)), null)
  }
  const each = async (lane: number): Promise<void> => {
    for (let number = lane; number * versions < times; number += atOnce) await race(`race-${number}`)
  }
  await Promise.all(Array.from({ length: atOnce }, (_, lane) => each(lane)))
  return result
}

async function raceOn(servers: NatsClusterOptions, more: Partial<JetStreamJournalOptions>): Promise<Result> {
  await using cluster = await NatsCluster.start({ servers: 3, ...servers })
  const open = () => openJetStreamJournal({ url: cluster.url, allowOld: true, ...more })
  const journals = [await open(), await open()] as const
  try {
    return await raceOf(journals, races)
  } finally {
    for (const journal of journals) await journal.close()
  }
}

test('[J2] two nodes race for a version: exactly one is stored', async () => {
  const { won, doubled, undecided } = await raceOn({}, {})
  assert.deepEqual({ doubled, undecided }, { doubled: 0, undecided: 0 })
  report({ figure: `${won} races, ${doubled} won twice, on nats-server 2.15` })
})

test('[J2] [J11] exactly one is stored even where the servers acknowledge both', async () => {
  const { won, doubled, undecided } = await raceOn({ kind: 'racing' }, {})
  assert.deepEqual({ doubled, undecided }, { doubled: 0, undecided: 0 })
  report({ figure: `${won} races, ${doubled} won twice, also on nats-server 2.9.10 which acknowledges both` })
})

test('[J11] an engine that trusts the acknowledgements of such servers is detected', async () => {
  const { won, doubled } = await raceOn({ kind: 'racing' }, { checksAcks: false })
  assert.ok(doubled > 0, `both were acknowledged in 0 of ${won} races`)
  report({
    planted: 'the acknowledgement of nats-server 2.9.10 is believed',
    caughtAfter: `${doubled} of ${won + doubled} races were won twice`,
  })
})

function report(part: { figure?: string; planted?: string; caughtAfter?: string }): void {
  console.log(Object.values(part).join('; '))
  recordFinding('cluster-race', {
    promise: 'of two nodes that move at once exactly one is told that it was stored',
    test: 'e2e/cluster/race.test.ts',
    command: 'OXO_RACES=2000 node --test e2e/cluster/race.test.ts',
    ...part,
  })
}
