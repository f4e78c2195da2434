/** A server with the built pages and a journal of its own, in a process that can be killed and started again. */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { program, ServerProcess } from '../lib/server-process.ts'

const root = join(import.meta.dirname, '../..')

/** Where the build puts the pages, and what it makes them of. */
export const builtPages = join(root, 'dist/web')
const sources = ['base', 'client', 'game', 'journal', 'protocol', 'service', 'web'].map((layer) =>
  join(root, 'src', layer),
)

export class House implements AsyncDisposable {
  readonly #folder: string
  readonly #pages: string
  #server: ServerProcess | null = null
  #port = 0

  private constructor(pages: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'oxo-browser-'))
    this.#pages = pages
  }

  /** @throws Error with a sentence, when the pages are not built, or were built from other sources. */
  static async open(pages = builtPages): Promise<House> {
    if (pages === builtPages) assertFresh()
    const house = new House(pages)
    await house.start()
    return house
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** On the port that it had before, with the games that it had. */
  async start(): Promise<void> {
    const journal = `sqlite:${join(this.#folder, 'journal.sqlite')}`
    const flags = { port: this.#port, journal, pages: this.#pages, 'connections-per-address': 0, 'rate-limit': 0 }
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)
    this.#server = await ServerProcess.start([program, 'serve', ...args, '--log-level=error'])
    this.#port = this.#server.port
  }

  /** At once and without a word, like a cut of the power. */
  async kill(): Promise<void> {
    await this.#server?.kill('SIGKILL')
  }

  /** Killed, and every game of it gone. */
  async loseGames(): Promise<void> {
    await this.kill()
    for (const file of readdirSync(this.#folder).filter((name) => /sqlite/.test(name))) rmSync(join(this.#folder, file))
  }

  /** Killed, and its files copied as they are, for {@link putBack}. */
  async copyGames(): Promise<void> {
    await this.kill()
    cpSync(this.#folder, `${this.#folder}-copy`, { recursive: true })
  }

  /** Killed, and all files as they were when they were copied. */
  async putBack(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true })
    cpSync(`${this.#folder}-copy`, this.#folder, { recursive: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    for (const folder of [this.#folder, `${this.#folder}-copy`]) rmSync(folder, { recursive: true, force: true })
  }
}

function assertFresh(): void {
  const built = statSync(join(builtPages, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const newest = Math.max(...sources.flatMap(listFiles).map((file) => statSync(file).mtimeMs))
  if (newest > built) throw new Error('The browser tests need pages built from these sources: run `npm run build`.')
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:test\.ts|tsbuildinfo)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

let opening: Promise<House> | null = null

/** The one that all tests of this process share that do not kill it; it ends after the last of them. */
export function openHouse(): Promise<House> {
  opening ??= House.open()
  return opening
}

after(async () => {
  const house = await opening?.catch(() => null)
  await house?.[Symbol.asyncDispose]()
})
