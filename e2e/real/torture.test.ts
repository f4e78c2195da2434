/**
 * All or nothing: one write or sync of a game fails, each in its turn, in every way. `strace` does it to the real server.
 * A write that is short is one that wrote nothing and says 0; a partial one is what the full disk brings.
 */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'
import { leaveOut } from '../lib/left-out.ts'
import { record } from '../lib/record.ts'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'
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

interface Blow {
  readonly call: Call
  readonly fault: FaultName
  /** Which call of its kind on the journal's files, from 1. */
  readonly which: number
}

/** Every blow with OXO_TORTURE=whole; else one of so many, and the first of every kind. */
const step = process.env['OXO_TORTURE'] === 'whole' ? 1 : 12
const together = 2
/** More than a game has. */
const callsMax = 1_000

interface Outcome {
  /** False: the game was over before. */
  readonly struck: boolean
  readonly findings: readonly string[]
}

/** One game under one blow, and what is there afterwards. */
async function strike({ call, fault, which }: Blow, command = serveCommand): Promise<Outcome> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-torture-'))
  const file = join(folder.path, 'journal.sqlite')
  const trace = join(folder.path, 'trace')
  const inject = `inject=${call}:${faults[fault]}:when=${which}`
  const files = ['', '-wal', '-shm', '.lock'].flatMap((suffix) => ['-P', `${file}${suffix}`])
  // -D: the server is this process's own child, and a signal to it ends it.
  const under = [findProgram('strace'), '-D', '-f', '-q', '-o', trace, '-e', `trace=${call}`, '-e', inject, ...files]
  const witness = new Witness('torture', { script: nineMoves })
  const findings = await play(witness, { command: command(file), under, file })
  const told = readFileSync(trace, 'utf8')
  // The call that a thread is killed in has no end, and the end of the test kills as well.
  const struck = fault === 'killed' ? told.split(`${call}(`).length > which : told.includes('INJECTED')
  // The disk is well again: it opens, and what was acknowledged is there.
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

/** Plays as far as the server goes. A server that stays must have taken the whole game. */
async function play(witness: Witness, { command, under, file }: Trial): Promise<readonly string[]> {
  try {
    await using server = await ServerProcess.start(command, { under, env: { UV_THREADPOOL_SIZE: '1' } })
    await witness.play(server)
    const isLeft = !witness.isDone && (await isStill(server))
    return isLeft ? [`the server stayed, and the game stopped at ${witness.acknowledged}`] : []
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    // Killed it says nothing; otherwise it says which file is at fault.
    return said.endsWith('did not start:\n') || said.includes(file) ? [] : [`it does not name the file: ${said}`]
  }
}

/** Whether it goes on for long after it let a player go. */
async function isStill(server: ServerProcess): Promise<boolean> {
  for (let tries = 0; tries < 500 && server.isRunning; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
  return server.isRunning
}

/** Blow after blow of one kind, until the game is over before. */
async function sweep(
  call: Call,
  fault: FaultName,
): Promise<{ readonly blows: number; readonly findings: readonly string[] }> {
  let blows = 0
  for (let which = 1; which < callsMax; which += step) {
    const { struck, findings } = await strike({ call, fault, which })
    const told = findings.map((finding) => `${call} ${which} ${fault}: ${finding}`)
    if (told.length > 0) return { blows, findings: told }
    if (!struck) return { blows, findings: [] }
    blows++
  }
  throw new Error(`more than ${callsMax} calls of ${call}`)
}

test('[J9] whichever write or sync of a game fails, and however, all of a move is stored or nothing', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('strace'))) return
  const kinds = calls.flatMap((call) => Object.keys(faults).map((fault) => [call, fault as FaultName] as const))
  // A sync cannot be short.
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
  const blows = done.reduce((sum, sweepDone) => sum + sweepDone.blows, 0)
  assert.ok(blows > 20, `only ${blows} blows are no test`)
  const figure = `${blows} failed calls (killed, EIO, ENOSPC, short), ${step === 1 ? 'every one' : `one in ${step}`}: all or nothing each time`
  t.diagnostic(figure)
  record('torture', {
    promise: 'A failing disk is never hidden: all of a move is stored, or nothing',
    test: 'e2e/real/torture.test.ts',
    figure,
    command: 'OXO_TORTURE=whole node --test e2e/real/torture.test.ts',
  })
})

test('a server that answers before it has stored is caught', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('strace'))) return
  const planted = (file: string): readonly string[] => ['e2e/lib/planted-server.ts', 'early-answer', file]
  let tries = 0
  for (let which = 20; which < 80; which += 10) {
    tries++
    const { findings } = await strike({ call: 'pwrite64', fault: 'killed', which }, planted)
    if (findings.length === 0) continue
    record('torture', { planted: 'answers 20 ms before it stores', caughtAfter: `${tries} failed calls` })
    return
  }
  assert.fail(`not caught in ${tries} tries`)
})
