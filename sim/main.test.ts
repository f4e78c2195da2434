/** Tests the command line of the simulator. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runToEnd } from '../e2e/lib/program.ts'
import type { CommandEnd } from '../src/cli/testing/command.ts'
import { bugNames } from './bugs.ts'

function sim(...args: readonly string[]): Promise<CommandEnd> {
  return runToEnd([process.execPath, 'sim/main.ts', ...args])
}

test('a passing seed prints its summary, the same each time', async () => {
  const [one, other] = [await sim('--seed', '7'), await sim('--seed', '7')]
  assert.equal(one.code, 0, one.stderr)
  assert.match(one.stdout, /^Seed 7 holds: \d+ commands, .* trace [0-9a-f]{16}\.\n$/)
  assert.equal(one.stdout, other.stdout)
})

test('a run of many seeds prints a summary', async () => {
  const { code, stdout } = await sim('--seeds', '60', '--from', '1000')
  assert.equal(code, 0)
  assert.match(stdout, /^60 seeds, \d+ commands, 0 violations, [\d.]+ s, \d+ seeds\/s\.\n$/)
})

test('the bugs are listed by name, one per line', async () => {
  const { stdout } = await sim('--list-bugs')
  assert.deepEqual(stdout.trimEnd().split('\n'), [...bugNames])
  assert.equal(bugNames.length, 8)
})

test('a detected planted bug is shown with its seed, commit, history and picture', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  const file = join(folder.path, 'failure.svg')
  const { code, stdout } = await sim('--seeds', '200', '--bug', 'version-omitted', '--diagram', file)
  assert.equal(code, 1)
  const [, seed] = /^Seed (\d+) fails with the planted bug version-omitted, at commit \w+/m.exec(stdout) ?? []
  assert.match(stdout, new RegExp(`npm run sim -- --seed ${seed} --bug version-omitted`))
  assert.match(stdout, /no command was applied twice/)
  assert.match(stdout, /^ +\d+ +\d+ {2}c1: g\d: move \d \d at \d+ → version \d+$/m)
  const picture = readFileSync(file, 'utf8')
  assert.match(picture, /^<svg .*client c1.*journal.*<\/svg>\n$/s)
  assert.match(picture, /class="arrow"/)
})

test('a wrong command line prints what is right, and exits with 2', async () => {
  const wrong: readonly (readonly [said: RegExp, ...args: readonly string[]])[] = [
    [/"zero" is not a seed: a whole number from 1/, '--seed', 'zero'],
    [/"-1" is not a number of seeds/, '--seeds=-1'],
    [/there is no bug "typo"\. There are: answer-before-durable, /, '--bug', 'typo'],
    [/--seed or --seeds, not both/, '--seed', '1', '--seeds', '2'],
    [/ends in \.svg/, '--seed', '1', '--diagram', 'picture.png'],
    [/ends in \.html/, '--page', 'page.htm'],
    [/cannot be written/, '--page', 'no/such/folder/page.html'],
    [/cannot be written/, '--seed', '1', '--diagram', 'no/such/folder/picture.svg'],
    [/unknown option '--sed'/, '--sed', '1'],
    [/too many arguments/, '12'],
  ]
  for (const [said, ...args] of wrong) {
    const { code, stderr } = await sim(...args)
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`)
    assert.match(stderr, said)
  }
})

test('help names every check, bug and fault', async () => {
  const { code, stdout } = await sim('--help')
  assert.equal(code, 0)
  for (const word of [...bugNames, 'linearizable', 'straggler', 'Exit codes']) assert.ok(stdout.includes(word), word)
})
