/** Runs the blocks of a lab sheet as a reader would: one shell, and terminals whose programs keep running. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findFreePorts, isListening } from '../../src/base/node/index.ts'
import { program } from './server-process.ts'
import { patternOf, type SheetBlock, type SheetStep } from './sheet.ts'
import { eventually } from './wait.ts'

const root = join(import.meta.dirname, '../..')

/** The ports in the sheets begin with this one; each run has as many others that are free, in the same order: a cluster takes three. */
const firstPrinted = 1952
const portCount = 5

/** How long a command may take, or a program to show what the sheet says; generous for a loaded machine. */
const stepMsMax = 40_000

/** `npm start` and `npm run oxo` of the reader, without looking whether the build is current. */
const npm = `#!/bin/sh
case "$*" in
  start\\ --*) shift 2; exec node "${join(root, program)}" serve "$@" ;;
  run\\ -s\\ oxo\\ --*) shift 4; exec node "${join(root, program)}" "$@" ;;
  *) PATH="\${PATH#*:}"; exec npm "$@" ;;
esac
`

/** A folder that looks like the checkout, where the commands of one sheet leave what they make. */
function layCheckout(folder: string): void {
  for (const name of readdirSync(root))
    if (!/^(?:\.git|coverage|course-data|oxo-data)$/.test(name)) symlinkSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'bin-of-test'))
  writeFileSync(join(folder, 'bin-of-test/npm'), npm)
  chmodSync(join(folder, 'bin-of-test/npm'), 0o755)
}

/** A program and all that it shows, with its standard error. It is the leader of a process group. */
class Shown implements AsyncDisposable {
  readonly child: ChildProcess
  text = ''

  constructor(script: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    this.child = spawn('bash', script, {
      cwd,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env, PATH: [join(cwd, 'bin-of-test'), process.env['PATH']].join(delimiter) },
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.text += text))
    this.child.stdin?.on('error', () => {})
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /**
   * Takes what the sheet shows from the beginning of the text. `end`: a pattern of what must follow.
   * @throws if something else is shown, or nothing for a long time
   */
  async take(shown: readonly string[], what: string, end = ''): Promise<void> {
    const expected = new RegExp(`^${patternOf(shown)}${end}`)
    const isDone = (): boolean => !this.isRunning || this.text.includes(endMark)
    try {
      await eventually(() => expected.test(this.text) || isDone(), stepMsMax)
      // The last output of a program may come after its end.
      if (!expected.test(this.text)) await eventually(() => expected.test(this.text), 200)
    } catch {
      assert.fail(`${what}\nThe sheet shows:\n${shown.join('\n')}\nbut this came:\n${this.text}`)
    }
    this.text = this.text.replace(expected, '')
  }

  signal(name: NodeJS.Signals): void {
    if (this.isRunning && this.child.pid !== undefined) process.kill(-this.child.pid, name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.isRunning ? once(this.child, 'exit') : null
    this.signal('SIGKILL')
    await ended
  }
}

const endMark = '== end of the command, exit code '

export class SheetRunner implements AsyncDisposable {
  readonly #folder: string
  readonly #firstPort: number
  readonly #shell: Shown
  readonly #terminals = new Map<string, Shown>()

  private constructor(folder: string, firstPort: number) {
    this.#folder = folder
    this.#firstPort = firstPort
    this.#shell = new Shown([], folder, this.#env())
  }

  /** `folder` is empty, and gets what looks like the checkout. */
  static async open(folder: string): Promise<SheetRunner> {
    layCheckout(folder)
    const [firstPort = 0] = await findFreePorts(portCount)
    return new SheetRunner(folder, firstPort)
  }

  /** @throws if something else is shown than the sheet says, or a command fails without a word about it */
  async run({ terminal, steps, line }: SheetBlock): Promise<void> {
    for (const step of steps) {
      const typed = this.#placed(step.typed)
      const shown = step.shown.map((each) => this.#placed(each))
      const what = `line ${line}: ${typed}`
      await (terminal === null ? this.#command(typed, shown, what) : this.#keep(terminal, { typed, shown }, what))
    }
  }

  async #command(typed: string, shown: readonly string[], what: string): Promise<void> {
    this.#shell.child.stdin?.write(`{ ${typed}\n} </dev/null\nprintf '\\n%s%d\\n' '${endMark}' $?\n`)
    await this.#shell.take(shown, what, `\\n?${endMark}0\n`)
  }

  async #keep(name: string, { typed, shown }: SheetStep, what: string): Promise<void> {
    const terminal = this.#terminals.get(name)
    const ended = (): Promise<number> => eventually(() => terminal?.isRunning !== true, stepMsMax, `${what}: the end`)
    if (typed === '^C') {
      assert.ok(terminal?.isRunning === true, `${what}: nothing runs in terminal ${name}`)
      terminal.signal('SIGINT')
      // A person presses Ctrl-C again if nothing happens.
      await eventually(() => !terminal.isRunning, 2_000).catch(() => terminal.signal('SIGINT'))
      await ended()
      await terminal.take(shown, what)
    } else if (typed === '') {
      assert.ok(terminal !== undefined, `${what}: nothing was started in terminal ${name}`)
      await terminal.take(shown, what)
    } else {
      await ended()
      const opened = new Shown(['-c', typed], this.#folder, this.#env())
      this.#terminals.set(name, opened)
      await opened.take(shown, what)
      // A server that shows nothing is ready when its port, its last argument, can be connected to.
      const port = shown.length === 0 ? / (\d{4,5})$/.exec(typed)?.[1] : undefined
      if (port !== undefined)
        await eventually(() => isListening({ host: 'localhost', port: Number(port) }), stepMsMax, what)
    }
  }

  /** The ports that the commands use if they name none. */
  #env(): Readonly<Record<string, string>> {
    return { OXO_PORT: `${this.#firstPort}`, OXO_URL: `http://localhost:${this.#firstPort}`, OXO_LOG_LEVEL: 'silent' }
  }

  /** With the ports of this run instead of the printed ones. */
  #placed(text: string): string {
    return text.replaceAll(/\b195[2-6]\b/g, (port) => String(this.#firstPort + Number(port) - firstPrinted))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const shown of [...this.#terminals.values(), this.#shell]) await shown[Symbol.asyncDispose]()
  }
}
