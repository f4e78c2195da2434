/** Runs `oxo` in a terminal of 80 by 24. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { environment, mainFile } from './command.ts'

/** Python provides the pseudo-terminal, which Node lacks. */
const pty = 'import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

export class Terminal implements Disposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #gone: Promise<unknown[]>
  #shown = ''
  #hasColors = false
  #wake: () => void = () => {}

  /** @param signal kills the process when it aborts, and thereby ends a pending `until`. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, signal: AbortSignal) {
    const command = ['sh', '-c', 'stty rows 24 cols 80; exec "$@"', 'sh', process.execPath, mainFile, ...args]
    this.#child = spawn('python3', ['-c', pty, ...command], {
      env: environment({ TERM: 'xterm', LC_ALL: 'C.UTF-8', NO_COLOR: '1', PYTHONCOERCECLOCALE: '0', ...env }),
    })
    this.#gone = once(this.#child, 'close')
    signal.addEventListener('abort', () => this.#child.kill('SIGKILL'))
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#hasColors ||= text.includes('\u001B[36m')
      this.#shown += stripVTControlCharacters(text)
      this.#wake()
    })
  }

  /**
   * Resolves once the output since the last match matches `pattern`; the result is that output. Rejects if the process
   * ends.
   */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#shown)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const isGone = await Promise.race([promise.then(() => false), this.#gone.then(() => true)])
      if (isGone && !pattern.test(this.#shown)) throw new Error(`it ended without ${pattern}:\n${this.#shown}`)
    }
    const shown = this.#shown
    this.#shown = ''
    return shown
  }

  /** Whether the colour of X has been shown so far. */
  get hasColors(): boolean {
    return this.#hasColors
  }

  type(text: string): void {
    this.#child.stdin.write(text)
  }

  /** Resolves with the exit code. */
  async ended(): Promise<unknown> {
    const [code] = await this.#gone
    return code
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}
