/** Certificates made for one test: two authorities, and who is signed by them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../tools/check/programs.ts'

export interface Pair {
  readonly cert: string
  readonly key: string
}

export interface Wish {
  readonly name: string
  readonly by: Pair
  /** Names it is for, as `DNS:host` or `IP:address`. */
  readonly names: readonly string[]
  /** Days from now; fewer than none: it has expired. */
  readonly days?: number
}

const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export class Certificates implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'oxo-certificates-'))

  /** Who signs others. */
  makeAuthority(name: string): Pair {
    const pair = this.#pair(name)
    this.#openssl('req', '-x509', ...ec, '-days', '2', '-subj', `/CN=${name}`, '-keyout', pair.key, '-out', pair.cert)
    return pair
  }

  make({ name, by, names, days = 2 }: Wish): Pair {
    const pair = this.#pair(name)
    const asked = this.file(`${name}.csr`)
    const more = this.write(`${name}.ext`, `subjectAltName=${names.join(',')}\n`)
    this.#openssl('req', ...ec, '-subj', `/CN=${name}`, '-keyout', pair.key, '-out', asked)
    const signed = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-days', String(days)]
    this.#openssl('x509', '-req', '-in', asked, ...signed, '-extfile', more, '-out', pair.cert)
    return pair
  }

  file(name: string): string {
    return join(this.#folder, name)
  }

  write(name: string, text: string): string {
    writeFileSync(this.file(name), text)
    return this.file(name)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #pair(name: string): Pair {
    return { cert: this.file(`${name}.pem`), key: this.file(`${name}.key`) }
  }

  #openssl(...args: readonly string[]): void {
    const { status, stderr } = spawnSync(findProgram('openssl'), args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`)
  }
}
