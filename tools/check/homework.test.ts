/** The mutants of the homework can be made, and together they fail every check of the grader. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import mutants from '../../spec/homework/mutants.json' with { type: 'json' }
import { gradingChecks } from '../../src/grading/index.ts'
import { listFiles, readText } from './tree.ts'

const right = 'spec/homework/right/'
const submissions = new Set(
  listFiles()
    .filter((path) => path.startsWith(right))
    .map((path) => path.slice(right.length).split('/')[0] ?? ''),
)

const checks = new Set(gradingChecks.map(({ id }) => id))

test('every right submission of the homework has a description and at least three mutants', () => {
  assert.ok(submissions.size >= 8)
  for (const name of submissions) {
    assert.ok(existsSync(`${right}${name}/homework.yaml`), `${name} has no homework.yaml`)
    assert.ok(mutants.filter(({ of }) => of === name).length >= 3, `${name} has fewer than three mutants`)
  }
})

test('the text that a mutant replaces is in its file exactly once', () => {
  for (const { of, name, file, find, replace } of mutants) {
    const text = readText(`${right}${of}/${file}`)
    assert.equal(text.split(find).length - 1, 1, `${of}/${name}: the text is not there exactly once`)
    assert.notEqual(find, replace, `${of}/${name} changes nothing`)
  }
})

test('each mutant has a name of its own, a mistake, and known checks that it fails', () => {
  const names = mutants.map(({ of, name }) => `${of}/${name}`)
  assert.equal(new Set(names).size, names.length)
  for (const { name, mistake, caughtBy } of mutants) {
    assert.match(mistake, /^[A-Z].*\.$/, `${name}: the mistake is a sentence`)
    assert.ok(caughtBy.length > 0, `${name} fails no check`)
    assert.deepEqual(
      caughtBy.filter((check) => !checks.has(check)),
      [],
      `${name}: unknown checks`,
    )
    assert.equal(new Set(caughtBy).size, caughtBy.length, `${name}: a check is named twice`)
  }
})

test('every check is failed by a mutant', () => {
  const failed = new Set(mutants.flatMap(({ caughtBy }) => caughtBy))
  assert.deepEqual([...checks.difference(failed)], [])
})
