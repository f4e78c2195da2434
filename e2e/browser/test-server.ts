/** A server process with the built pages and its own journal, which can be killed and started again. */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { program, ServerProcess } from '../lib/server-process.ts'

const root = join(import.meta.dirname, '../..')

/** The folder of the built pages, and their source folders. */
export const builtPages = join(root, 'dist/web')
const sources = ['base', 'client', 'game', 'journal', 'protocol', 'service', 'web'].map((layer) =>
  join(root, 'src', layer),
)

export class BrowserServer implements AsyncDisposable {
  readonly #folder: string
  readonly #pages: string
  #server: ServerProcess | null = null
  #port = 0

  private constructor(pages: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'oxo-browser-'))
    this.#pages = pages
  }

  /** @throws Error that says what to run if the pages are not built or are older than their sources. */
  static async open(pages = builtPages): Promise<BrowserServer> {
    if (pages === builtPages) assertFresh()
    const server = new BrowserServer(pages)
    await server.start()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts the server on its previous port, with its journal. */
  async start(): Promise<void> {
    const journal = `sqlite:${join(this.#folder, 'journal.sqlite')}`
    const flags = { port: this.#port, journal, pages: this.#pages, 'connections-per-address': 0, 'rate-limit': 0 }
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)
    this.#server = await ServerProcess.start([program, 'serve', ...args, '--log-level=error'])
    this.#port = this.#server.port
  }

  /** Sends SIGKILL, so that the server cannot close anything. */
  async kill(): Promise<void> {
    await this.#server?.kill('SIGKILL')
  }

  /** Kills the server and deletes its journal. */
  async loseGames(): Promise<void> {
    await this.kill()
    for (const file of readdirSync(this.#folder).filter((name) => /sqlite/.test(name))) rmSync(join(this.#folder, file))
  }

  /** Kills the server and copies its files for {@link putBack}. */
  async copyGames(): Promise<void> {
    await this.kill()
    cpSync(this.#folder, `${this.#folder}-copy`, { recursive: true })
  }

  /** Kills the server and restores the files that {@link copyGames} copied. */
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

let opening: Promise<BrowserServer> | null = null

/** The server shared by all tests of this process that do not kill it. It is closed after the last test. */
export function openBrowserServer(): Promise<BrowserServer> {
  opening ??= BrowserServer.open()
  return opening
}

after(async () => {
  const server = await opening?.catch(() => null)
  await server?.[Symbol.asyncDispose]()
})
