/** A file of acknowledgements, synced before the client sends its next command, so that it survives every crash. */
import { readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

export class Ledger implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async open(path: string): Promise<Ledger> {
    return new Ledger(path, await open(path, 'a'))
  }

  /** Resolves when the acknowledgement is on disk. */
  async write(game: string, version: number): Promise<void> {
    await this.#file.appendFile(`${game} ${version}\n`)
    await this.#file.datasync()
  }

  /** The highest acknowledged version of each game in the file. */
  read(): ReadonlyMap<string, number> {
    const versions = new Map<string, number>()
    for (const [, game = '', version] of readFileSync(this.#path, 'utf8').matchAll(/^(\S+) (\d+)$/gm))
      versions.set(game, Math.max(versions.get(game) ?? 0, Number(version)))
    return versions
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}
