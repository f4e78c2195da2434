/** A server in a process of its own, which can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '..')

/** Longer than a start takes on a loaded machine. */
const startMsMax = 20_000

export class ServerProcess implements AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: URL) {
    this.#child = child
    this.host = url.hostname
    this.port = Number(url.port)
  }

  /** `command`: a script and its arguments, from the root. Resolves when it listens. */
  static async start(command: readonly string[]): Promise<ServerProcess> {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const complaints: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
    const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax)
    for await (const line of createInterface(child.stdout)) {
      const url = /listening on (http:\S+)/.exec(line)?.[1]
      if (url === undefined) continue
      clearTimeout(timer)
      child.stdout.resume()
      return new ServerProcess(child, new URL(url))
    }
    clearTimeout(timer)
    throw new Error(`the server did not start:\n${complaints.join('')}`)
  }

  /** Resolves with its exit code when it is gone; null where a signal ended it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit')
      this.#child.kill(signal)
      await gone
    }
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
