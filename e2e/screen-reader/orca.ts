/** Runs Orca, the screen reader of GNOME, on a virtual screen and records what it says. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A silent voice: without any voice Orca stops speaking for good. */
const configuration = {
  'speech-dispatcher/speechd.conf':
    'AudioOutputMethod "libao"\nAddModule "silent" "sd_generic" "silent.conf"\nDefaultModule silent\n',
  'speech-dispatcher/modules/silent.conf': 'GenericExecuteSynth "true"\nAddVoice "en" "MALE1" "nobody"\n',
} as const

/** After this silence Orca has said everything: it announces a change within tenths of a second. */
const silenceMs = 1_000
const timeoutMs = 10_000

export class Orca implements AsyncDisposable {
  readonly #folder: string
  readonly #log: string
  readonly #processes: readonly ChildProcess[]
  readonly env: Readonly<Record<string, string | undefined>>

  private constructor(folder: string, env: Orca['env'], processes: readonly ChildProcess[]) {
    this.#folder = folder
    this.#log = join(folder, 'debug.out')
    this.env = env
    this.#processes = processes
  }

  /** Resolves when Orca has announced its start. */
  static async start(): Promise<Orca> {
    const folder = mkdtempSync(join(tmpdir(), 'oxo-reader-'))
    const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [display] = (await screen.stdout.iterator({ destroyOnReturn: false }).next()).value.toString().split('\n')
    const env = {
      ...process.env,
      DISPLAY: `:${display}`,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      XDG_CONFIG_HOME: folder,
    }
    mkdirSync(join(folder, 'speech-dispatcher/modules'), { recursive: true, mode: 0o700 })
    for (const [file, text] of Object.entries(configuration)) writeFileSync(join(folder, file), text)
    writeFileSync(join(folder, '.libao'), 'default_driver=null\n')
    const options = { env, stdio: 'ignore' } as const
    const bus = spawn('/usr/libexec/at-spi-bus-launcher', ['--launch-immediately'], options)
    const reader = spawn('orca', [`--debug-file=${join(folder, 'debug.out')}`, '--replace'], options)
    const orca = new Orca(folder, env, [reader, bus, screen])
    try {
      await orca.until(/Screen reader on/)
      return orca
    } catch (error) {
      await orca[Symbol.asyncDispose]()
      throw error
    }
  }

  /** All lines that Orca has said, in order. */
  get said(): readonly string[] {
    const log = existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : ''
    const spoken = log.matchAll(/ - SPEECH OUTPUT: (['"])(.*)\1(?:\{[^}]*\})?$/gm)
    return Array.from(spoken, ([, , words = '']) => words.replaceAll(/[\u2066-\u2069]/g, ''))
  }

  /** Resolves when all of `expected` was said after line `from` and Orca has been silent for a while, or on timeout. */
  async rest(from: number, expected: readonly RegExp[]): Promise<void> {
    const end = performance.now() + timeoutMs
    for (let [count, since] = [0, 0]; performance.now() < end; await setTimeout(100)) {
      const lines = this.said
      if (lines.length !== count) [count, since] = [lines.length, performance.now()]
      const said = lines.slice(from).join(' ')
      if (expected.every((words) => words.test(said)) && performance.now() - since > silenceMs) return
    }
  }

  /** Waits until a line matches; earlier lines count. @throws after a timeout. */
  async until(words: RegExp): Promise<void> {
    for (const end = performance.now() + 3 * timeoutMs; performance.now() < end;) {
      if (this.said.some((line) => words.test(line))) return
      await setTimeout(100)
    }
    throw new Error(`Orca never said ${words}, but: ${this.said.join(' ')}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) {
      const ended = new Promise((resolve) => process.once('exit', resolve))
      if (process.kill('SIGKILL')) await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
