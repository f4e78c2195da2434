/** The complete clients of `examples/`, one for each language: how each is built and started. */
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProgramName } from '../../tools/check/programs.ts'
import { runToEnd } from './program.ts'

export const exampleLanguages = ['python', 'c', 'go', 'java'] as const
export type ExampleLanguage = (typeof exampleLanguages)[number]

interface ExampleClient {
  readonly file: string
  readonly needs: ProgramName
  /** Compiles it into the folder; null: it runs as it is. */
  readonly build: (folder: string) => readonly string[] | null
  /** Starts it; HOST, PORT and perhaps GAME follow. */
  readonly command: (folder: string) => readonly string[]
}

const strict = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1'] as const

export const exampleClients: { readonly [Name in ExampleLanguage]: ExampleClient } = {
  python: {
    file: 'client.py',
    needs: 'python3',
    build: () => null,
    command: () => ['python3', 'examples/client.py'],
  },
  c: {
    file: 'client.c',
    needs: 'gcc',
    build: (folder) => ['gcc', ...strict, '-o', join(folder, 'client-c'), 'examples/client.c'],
    command: (folder) => [join(folder, 'client-c')],
  },
  go: {
    file: 'client.go',
    needs: 'go',
    build: (folder) => ['go', 'build', '-o', join(folder, 'client-go'), 'examples/client.go'],
    command: (folder) => [join(folder, 'client-go')],
  },
  java: {
    file: 'Client.java',
    needs: 'javac',
    build: (folder) => ['javac', '-Xlint:all', '-Werror', '-d', folder, 'examples/Client.java'],
    // A short program ends before the second compiler has paid off.
    command: (folder) => ['java', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', folder, 'Client'],
  },
}

/** A folder with the built clients; each is built when it is first asked for, once. */
export class BuiltClients implements Disposable {
  readonly #folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-clients-'))
  readonly #built = new Map<ExampleLanguage, Promise<void>>()

  /** Resolves with the command that starts the client. @throws Error with the compiler's output. */
  async command(language: ExampleLanguage): Promise<readonly string[]> {
    const building = this.#built.get(language) ?? this.#build(language)
    this.#built.set(language, building)
    await building
    return exampleClients[language].command(this.#folder.path)
  }

  async #build(language: ExampleLanguage): Promise<void> {
    const command = exampleClients[language].build(this.#folder.path)
    if (command === null) return
    const { code, stdout, stderr } = await runToEnd(command)
    if (code !== 0 || stderr !== '') throw new Error(`${command.join(' ')}\n${stdout}${stderr}`)
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }
}
