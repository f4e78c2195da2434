/** A server with the built pages and a journal of its own, in a process that can be killed and started again. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { ServerProcess } from '../server-process.ts'

const root = join(import.meta.dirname, '../..')

/** Where the build puts the pages. */
export const builtPages = join(root, 'dist/web')

export class House implements AsyncDisposable {
  readonly #folder: string
  readonly #pages: string
  #server: ServerProcess | null = null
  #port = 0

  private constructor(pages: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'oxo-browser-'))
    this.#pages = pages
  }

  /** @throws Error with a sentence, when the pages are not built. */
  static async open(pages = builtPages): Promise<House> {
    if (!existsSync(join(pages, 'index.html')))
      throw new Error('The browser tests need the built pages: run `npm run build`.')
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
    this.#server = await ServerProcess.start(['src/cli/main.ts', 'serve', ...args, '--log-level=error'])
    this.#port = this.#server.port
  }

  /** At once and without a word, like a cut of the power. */
  async kill(): Promise<void> {
    await this.#server?.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

let opening: Promise<House> | null = null

/** The one that all tests of this process share that do not kill it; it ends after the last of them. */
export function openHouse(): Promise<House> {
  opening ??= House.open()
  return opening
}

after(async () => {
  if (opening !== null) await (await opening)[Symbol.asyncDispose]()
})
