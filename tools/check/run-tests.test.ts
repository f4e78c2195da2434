import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test, type TestContext } from 'node:test'
import { longFirst, mostlyWaiting, orderFiles } from './run-tests.ts'
import { listFiles } from './tree.ts'

test('long test files come first, in their order, then the others from both ends', () => {
  const files = ['a.test.ts', 'b.test.ts', 'c.test.ts', 'b.test.ts', 'd.test.ts', 'e.test.ts', 'f.test.ts']
  assert.deepEqual(orderFiles(files, ['d.test.ts', 'b.test.ts', 'gone.test.ts']), [
    ...['d.test.ts', 'b.test.ts'],
    ...['a.test.ts', 'f.test.ts', 'c.test.ts', 'e.test.ts'],
  ])
})

test('every file in the lists of long and of waiting files exists', () => {
  const listed = new Set([...longFirst, ...mostlyWaiting])
  assert.deepEqual([...listed.difference(new Set(listFiles()))], [])
  assert.equal(listed.size, longFirst.length + mostlyWaiting.length, 'a file is in both lists')
})

/** Runs files that fail the given number of times and then pass, and returns the status and what was printed. */
function runFailing(t: TestContext, failures: readonly number[], ...options: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-run-tests-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [index, count] of failures.entries()) {
    const attempts = JSON.stringify(join(folder, `${index}.attempts`))
    const code = `import { appendFileSync, readFileSync } from 'node:fs'
      import { test } from 'node:test'
      appendFileSync(${attempts}, '.')
      test('t', () => { if (readFileSync(${attempts}).length <= ${count}) throw new Error('planted') })`
    writeFileSync(join(folder, `${index}.test.mjs`), code)
  }
  // Otherwise Node takes the runner for a test file, and refuses to run tests inside it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const args = [join(import.meta.dirname, 'run-tests.ts'), ...options, '2', `${folder}/*.test.mjs`]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  return { status, stdout }
}

test('a file that fails is red, and with --retry it is green only if it passes alone, and is named', (t) => {
  assert.equal(runFailing(t, [1, 0]).status, 1)
  assert.equal(runFailing(t, [0, 0], '--retry').status, 0)
  const unsteady = runFailing(t, [1, 0], '--retry')
  assert.equal(unsteady.status, 0)
  assert.match(unsteady.stdout, /planted[^]*1 passed, 1 failed\n[^]*unsteady: .*0\.test\.mjs failed, and passed alone/)
  const broken = runFailing(t, [1, 2], '--retry')
  assert.equal(broken.status, 1)
  assert.match(
    broken.stdout,
    /0\.test\.mjs failed, and passed alone\nunsteady: .*1\.test\.mjs failed, and failed again/,
  )
})

test('with --retry more failed files than two are red at once', (t) => {
  const { status, stdout } = runFailing(t, [1, 1, 1], '--retry')
  assert.equal(status, 1)
  assert.doesNotMatch(stdout, /unsteady/)
})
