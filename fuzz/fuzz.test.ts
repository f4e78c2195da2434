/** Fuzzes everything that reads bytes: 20,000 inputs over all targets, and planted bugs that must be found. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { hangMs } from './lib/campaign.ts'
import { readCorpus } from './lib/corpus.ts'
import { targets } from './lib/targets.ts'

/** Inputs per target: more where an input is likely to find more. */
const shares: Readonly<Record<string, number>> = {
  text: 3_600,
  lines: 4_400,
  http: 3_200,
  websocket: 2_800,
  token: 2_400,
  journal: 800,
  record: 2_800,
}
const times = Number(process.env['OXO_FUZZ_TIMES'] ?? 1)
const seed = Number(process.env['OXO_FUZZ_SEED'] ?? 1952)

/** One bug of each kind, each at a target where it is a plausible mistake. */
const bugs: readonly (readonly [target: string, plant: string, inputsMax: number, complaint: RegExp])[] = [
  ['text', 'crash', 10_000, /it crashes: TypeError/],
  ['lines', 'crash', 10_000, /it crashes: TypeError/],
  ['http', 'crash', 10_000, /it crashes: TypeError|a bug of ours/],
  ['websocket', 'crash', 10_000, /it crashes: TypeError/],
  ['lines', 'hang', 10_000, /it hangs|does not end/],
  ['text', 'leak', 1_500, /memory grew/],
  ['lines', 'deaf', 10_000, /a well-behaved client/],
  ['text', 'echo', 10_000, /a line that no terminal should see|not JSON-RPC/],
  ['lines', 'echo', 10_000, /not JSON/],
  ['token', 'unsigned', 10_000, /a token that was never made/],
  ['journal', 'unchecked', 10_000, /reads "/],
  ['record', 'unchained', 10_000, /a game that was never played holds/],
]

interface Ran {
  readonly code: number | null
  readonly output: string
}

async function fuzz(...flags: readonly string[]): Promise<Ran> {
  // Keeps V8's young generation small, so that it does not count as growth.
  const young = '--max-semi-space-size=8'
  const child = spawn(process.execPath, [young, join(import.meta.dirname, 'main.ts'), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [[code], output] = await Promise.all([once(child, 'close'), text(child.stdout)])
  return { code: code as number | null, output }
}

describe('fuzzing', { concurrency: 2 }, () => {
  const results: string[] = []
  for (const { name, about } of targets)
    test(`[W3] ${name}: ${about}, withstands any bytes`, async (t) => {
      const inputs = (shares[name] ?? 0) * times
      const { code, output } = await fuzz('--target', name, '--inputs', `${inputs}`, '--seed', `${seed}`)
      assert.equal(code, 0, output)
      const [, kinds, slowest, growth] = /(\d+) kinds.*slowest (\d+) ms.*memory \+([\d.]+)/.exec(output) ?? []
      results.push(`${name} ${inputs} (${kinds} kinds, slowest ${slowest} ms, +${growth} MiB)`)
      t.diagnostic(output.trim())
      recordFinding('fuzz', {
        promise: `any bytes: no crash, no input over ${hangMs} ms, memory +50 MiB at most, others served`,
        test: 'fuzz/fuzz.test.ts',
        figure: `${Object.values(shares).reduce((sum, share) => sum + share, 0) * times} inputs, 0 found: ${results.sort().join('; ')}`,
        command: 'OXO_FUZZ_TIMES=50 node --test fuzz/fuzz.test.ts',
      })
    })

  const caught: string[] = []
  for (const [target, plant, inputsMax, complaint] of bugs)
    test(`${target}: ${targets.find(({ name }) => name === target)?.plants[plant]}: found`, async () => {
      const { code, output } = await fuzz('--target', target, '--inputs', `${inputsMax}`, '--plant', plant)
      assert.notEqual(code, 0, output)
      assert.match(output, complaint)
      caught.push(`${target} ${/found at input (\d+)/.exec(output)?.[1]}`)
      recordFinding('fuzz', {
        planted: [...new Set(bugs.map(([name, bug]) => targets.find((row) => row.name === name)?.plants[bug]))].join(
          '; ',
        ),
        caughtAfter: `input ${caught.sort().join(', ')}`,
      })
    })
})

test('every target has a corpus and a share of the inputs', () => {
  for (const { name } of targets) assert.ok(readCorpus(name).length > 0 && (shares[name] ?? 0) > 0, name)
})

test('the same seed gives the same input, and one input can be run alone', async () => {
  const [one, two] = [
    await fuzz('--target', 'record', '--seed', '7', '--input', '123'),
    await fuzz('--target', 'record', '--seed', '7', '--input', '123'),
  ]
  assert.equal(one.code, 0)
  assert.equal(one.output.split('\n')[0], two.output.split('\n')[0])
})
