/**
 * All or nothing: each write or sync of a game fails in turn, in every way, injected into a real server by `strace`. A
 * short write here wrote nothing and returned 0; the test of the full disk covers partial writes.
 */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'
import { leaveOut } from '../lib/left-out.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { findDiscrepancies, nineMoves, Witness } from '../lib/checking-player.ts'

const calls = ['pwrite64', 'fsync', 'fdatasync', 'write', 'ftruncate'] as const
const faults = {
  killed: 'signal=KILL',
  EIO: 'error=EIO',
  ENOSPC: 'error=ENOSPC',
  short: 'retval=0',
} as const
type Call = (typeof calls)[number]
type FaultName = keyof typeof faults

interface Injection {
  readonly call: Call
  readonly fault: FaultName
  /** The number of the call among calls of its kind on the journal's files, from 1. */
  readonly which: number
}

/** Distance between two injected faults of one kind, from the first: every call with OXO_TORTURE=whole. */
const step = process.env['OXO_TORTURE'] === 'whole' ? 1 : 16
const together = 2
/** More calls of one kind than a game makes. */
const callsMax = 1_000

interface Outcome {
  /** False if the game ended before the fault was injected. */
  readonly struck: boolean
  readonly findings: readonly string[]
}

/** Plays one game with one injected fault, and checks the journal afterwards. */
async function strike({ call, fault, which }: Injection, command = serveCommand): Promise<Outcome> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-torture-'))
  const file = join(folder.path, 'journal.sqlite')
  const trace = join(folder.path, 'trace')
  const inject = `inject=${call}:${faults[fault]}:when=${which}`
  const files = ['', '-wal', '-shm', '.lock'].flatMap((suffix) => ['-P', `${file}${suffix}`])
  // -D makes the server the direct child of this process, so that signals reach it.
  const under = [findProgram('strace'), '-D', '-f', '-q', '-o', trace, '-e', `trace=${call}`, '-e', inject, ...files]
  const witness = new Witness('torture', { script: nineMoves })
  const findings = await play(witness, { command: command(file), under, file })
  const log = readFileSync(trace, 'utf8')
  // strace does not mark a call in which a thread is killed, and the end of the test kills too: counts the calls.
  const struck = fault === 'killed' ? log.split(`${call}(`).length > which : log.includes('INJECTED')
  // Without the fault the journal must open and have everything acknowledged.
  const journal = await openSqliteJournal({ file })
  const entries = await journal.read('torture')
  await journal.close()
  return { struck, findings: [...findings, ...findDiscrepancies(witness.account, entries)] }
}

interface Trial {
  readonly command: readonly string[]
  readonly under: readonly string[]
  readonly file: string
}

/** Plays until the server ends. A server that keeps running must have stored the whole game. */
async function play(witness: Witness, { command, under, file }: Trial): Promise<readonly string[]> {
  try {
    await using server = await ServerProcess.start(command, { under, env: { UV_THREADPOOL_SIZE: '1' } })
    await witness.play(server)
    const isLeft = !witness.isDone && (await isStill(server))
    return isLeft ? [`the server kept running, and the game stopped at ${witness.acknowledged}`] : []
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    // A killed server prints nothing; otherwise its message must name the file.
    return message.endsWith('did not start:\n') || message.includes(file)
      ? []
      : [`the message does not name the file: ${message}`]
  }
}

/** True if the server still runs five seconds after it disconnected the player. */
async function isStill(server: ServerProcess): Promise<boolean> {
  for (let tries = 0; tries < 500 && server.isRunning; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
  return server.isRunning
}

/** The first number of each call that a whole game did not reach: the other faults of that call stop before it. */
const ends = new Map<Call, number>()

/** Injects faults of one kind at later and later calls, until the game ends first. Stops at the first finding. */
async function sweep(
  call: Call,
  fault: FaultName,
): Promise<{ readonly injections: number; readonly findings: readonly string[] }> {
  let injections = 0
  for (let which = 1; which < (ends.get(call) ?? callsMax); which += step) {
    const { struck, findings } = await strike({ call, fault, which })
    const described = findings.map((finding) => `${call} ${which} ${fault}: ${finding}`)
    if (described.length > 0) return { injections, findings: described }
    if (struck) injections++
    else ends.set(call, which)
  }
  if (ends.has(call)) return { injections, findings: [] }
  throw new Error(`more than ${callsMax} calls of ${call}`)
}

test('[J9] whichever write or sync of a game fails, and however, a move is stored completely or not at all', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('strace'))) return
  const kinds = calls.flatMap((call) => Object.keys(faults).map((fault) => [call, fault as FaultName] as const))
  // Only writes can be short.
  const queue = kinds.filter(([call, fault]) => fault !== 'short' || call === 'pwrite64' || call === 'write')
  const done: Awaited<ReturnType<typeof sweep>>[] = []
  const work = async (): Promise<void> => {
    for (let kind = queue.shift(); kind !== undefined; kind = queue.shift()) done.push(await sweep(...kind))
  }
  await Promise.all(Array.from({ length: together }, work))
  assert.deepEqual(
    done.flatMap(({ findings }) => findings),
    [],
  )
  const injections = done.reduce((sum, sweepDone) => sum + sweepDone.injections, 0)
  assert.ok(injections > 20, `only ${injections} faults were injected: too few for a test`)
  const figure = `${injections} failed calls (killed, EIO, ENOSPC, short), ${step === 1 ? 'every one' : `one in ${step}`}: all or nothing each time`
  t.diagnostic(figure)
  recordFinding('torture', {
    promise: 'A failing disk is never hidden: all of a move is stored, or nothing',
    test: 'e2e/real/torture.test.ts',
    figure,
    command: 'OXO_TORTURE=whole node --test e2e/real/torture.test.ts',
  })
})

test('a server that answers before it has stored is detected', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('strace'))) return
  const planted = (file: string) => plantedCommand('early-answer', file)
  let tries = 0
  for (let which = 20; which < 80; which += 10) {
    tries++
    const { findings } = await strike({ call: 'pwrite64', fault: 'killed', which }, planted)
    if (findings.length === 0) continue
    recordFinding('torture', { planted: 'answers 20 ms before it stores', caughtAfter: `${tries} failed calls` })
    return
  }
  assert.fail(`not detected in ${tries} tries`)
})
