/**
 * Each right submission of spec/homework gets all points, whatever its language and protocol. By default with the checks that
 * all of them have in common; `OXO_HOMEWORK=whole` makes all checks, each submission alone.
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { gradeSubmission, readDescription } from '../../src/grading/index.ts'
import { program } from '../lib/server-process.ts'
import { recordFinding } from '../lib/record.ts'
import { gradeCopy, homework, isWhole } from './submissions.ts'

/** The longest time of the whole suite against one submission that runs alone, in ms. */
const gradeMsMax = 30_000
const names = readdirSync(join(homework, 'right'))

/** Checks that most submissions have in common, so that none passes because nothing was checked. */
const alwaysChecked = [
  'board-after-each-move',
  'wrong-turn',
  'taken-cell',
  'off-below',
  'win-rows',
  'win-columns',
  'win-diagonals',
  'draws',
  'no-false-win',
  'one-answer',
  'silent-connection',
  'one-thread',
]

it('the text protocol of Oxo itself gets all points', async () => {
  const command = `node ${resolve(program)} serve --port {port} --journal memory --no-pages --rate-limit 0 --log-level silent`
  const description = readDescription(`extends: oxo-text\nstart:\n  command: ${command}\n`, 'homework.yaml')
  const grade = await gradeSubmission(description, { folder: tmpdir(), ...(!isWhole && { only: alwaysChecked }) })
  assert.deepEqual([grade.impossible, grade.points], [undefined, grade.pointsMax])
  assert.ok(grade.pointsMax > 50)
})

describe('right homework gets all points', { concurrency: isWhole ? 1 : 2 }, () => {
  const times: string[] = []
  for (const name of names)
    it(name, async (t) => {
      const grade = await gradeCopy(name, isWhole ? {} : { only: alwaysChecked })
      assert.equal(grade.impossible, undefined)
      const failed = grade.checks.filter(({ verdict }) => verdict === 'failed')
      assert.deepEqual(
        failed.map(({ id, reason }) => `${id}: ${reason}`),
        [],
      )
      const passed = new Set(grade.checks.filter(({ verdict }) => verdict === 'passed').map(({ id }) => id))
      assert.deepEqual(
        alwaysChecked.filter((id) => !passed.has(id)),
        [],
      )
      t.diagnostic(`${grade.points} points of ${grade.pointsMax} in ${(grade.ms / 1_000).toFixed(1)} s`)
      if (isWhole) assert.ok(grade.ms < gradeMsMax, `it took ${grade.ms} ms`)
      times.push(`${name} ${(grade.ms / 1_000).toFixed(1)} s`)
      recordFinding('homework', {
        promise: 'right homework in twelve protocols gets all points',
        test: 'e2e/homework/right.test.ts',
        figure: times.toSorted().join(', '),
        command: `${isWhole ? 'OXO_HOMEWORK=whole ' : ''}node --test e2e/homework/right.test.ts`,
      })
    })
})
