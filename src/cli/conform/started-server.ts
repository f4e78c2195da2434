/** A server that is being checked, started by its own command. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { holdingClock, sleep } from '../../base/index.ts'
import { findFreePort, isListening } from '../../base/node/index.ts'
import type { EmptyServer } from '../../conformance/conform.ts'
import type { Endpoint } from '../../conformance/endpoint.ts'
import { Stop } from '../../server/stop.ts'

/** How long a server may take until it accepts a connection, in ms. */
const startMsMax = 20_000

export class StartedServer implements EmptyServer {
  readonly place: Endpoint
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(child: ChildProcess, place: Endpoint, folder: string) {
    this.#child = child
    this.place = place
    this.#folder = folder
  }

  /**
   * Runs the command by the shell; `{port}` becomes a free port, `{folder}` an empty folder that is removed later.
   * @throws Stop if it ends, or does not listen in time
   */
  static async start(command: string): Promise<StartedServer> {
    const port = await findFreePort()
    const folder = mkdtempSync(join(tmpdir(), 'oxo-conform-'))
    const line = command.replaceAll('{port}', String(port)).replaceAll('{folder}', folder)
    // A process group of its own, so that what the shell starts ends with it.
    const child = spawn('/bin/sh', ['-c', line], { stdio: ['ignore', 'ignore', 'inherit'], detached: true })
    const server = new StartedServer(child, { host: '127.0.0.1', port }, folder)
    const deadline = holdingClock.now() + startMsMax
    while (!(await isListening({ host: '127.0.0.1', port }))) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null
      if (!hasEnded && holdingClock.now() < deadline) {
        await sleep(holdingClock, 50)
        continue
      }
      await server[Symbol.asyncDispose]()
      throw new Stop('usage', `The server that --start names ${hasEnded ? 'has ended' : 'does not listen'}: ${line}`)
    }
    return server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const ended = once(this.#child, 'exit')
      process.kill(-pid, 'SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
