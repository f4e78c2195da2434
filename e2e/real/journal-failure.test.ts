/** A permanent failure of the journal ends its server: a sync of a move fails, and nothing is retried. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'
import { askServer, makeRpcRequest } from '../lib/ask.ts'
import { leaveOut } from '../lib/left-out.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLinesConnection } from '../../src/conformance/wire.ts'

/** Longer than a server takes to drain on a loaded machine, in ms. */
const endMsMax = 10_000
const move = makeRpcRequest(1, 'game.move', { game: 'main', player: 'X', x: 1, y: 1, version: 1 })

interface Ending {
  /** The name of the error that answers the move. */
  readonly answer: string | undefined
  readonly exitCode: number | null
  readonly complaints: string
}

/** Sends a move whose sync fails, and waits for the end of the server. */
async function failSync(file: string, command = serveCommand): Promise<Ending> {
  // Creates the open board first, so that the first sync after the next start is the sync of the move.
  await using maker = await ServerProcess.start(serveCommand(file))
  await maker.kill('SIGTERM')
  const syncs = ['fsync', 'fdatasync'].flatMap((call) => ['-e', `inject=${call}:error=EIO`])
  const under = [findProgram('strace'), '-D', '-f', '-q', '-o', `${file}.trace`, '-P', `${file}-wal`, ...syncs]
  await using server = await ServerProcess.start(command(file), { under })
  const wire = await openLinesConnection(server)
  const { error } = await askServer(wire, move)
  wire.close()
  const exitCode = await server.ended(endMsMax)
  return { answer: error?.data?.name, exitCode, complaints: server.complaints }
}

test('[J9] a failed sync ends the server with exit code 1 and a message; the next server finds what was stored', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('strace'))) return
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-failure-'))
  const file = join(folder.path, 'journal.sqlite')
  const { answer, exitCode, complaints } = await failSync(file)
  assert.equal(answer, 'outcome-unknown')
  assert.equal(exitCode, 1)
  assert.equal(
    complaints,
    `The journal ${file} failed and accepts no more entries: disk I/O error; stop and start again.\n`,
  )
  await using next = await ServerProcess.start(serveCommand(file))
  const wire = await openLinesConnection(next)
  const { result } = await askServer<{ readonly version: number }>(wire, move)
  wire.close()
  assert.equal(result?.version, 2)
})

test('a server that keeps running although its journal has failed is detected', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('strace'))) return
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-failure-'))
  const planted = (file: string) => plantedCommand('failure-ignored', file)
  await assert.rejects(failSync(join(folder.path, 'journal.sqlite'), planted), { name: 'AbortError' })
})
