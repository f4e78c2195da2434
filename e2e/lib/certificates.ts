/** Creates certificate authorities and certificates for a test. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../tools/check/programs.ts'

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface CertificateRequest {
  readonly name: string
  readonly by: KeyPair
  /** Subject alternative names, as `DNS:host` or `IP:address`. */
  readonly names: readonly string[]
  /** Validity in days from now; negative for an expired certificate. */
  readonly days?: number
}

const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export class Certificates implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'oxo-certificates-'))

  /** Creates a self-signed authority. */
  makeAuthority(name: string): KeyPair {
    const pair = this.#pair(name)
    this.#openssl('req', '-x509', ...ec, '-days', '2', '-subj', `/CN=${name}`, '-keyout', pair.key, '-out', pair.cert)
    return pair
  }

  make({ name, by, names, days = 2 }: CertificateRequest): KeyPair {
    const pair = this.#pair(name)
    const request = this.file(`${name}.csr`)
    const more = this.write(`${name}.ext`, `subjectAltName=${names.join(',')}\n`)
    this.#openssl('req', ...ec, '-subj', `/CN=${name}`, '-keyout', pair.key, '-out', request)
    const signed = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-days', String(days)]
    this.#openssl('x509', '-req', '-in', request, ...signed, '-extfile', more, '-out', pair.cert)
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

  #pair(name: string): KeyPair {
    return { cert: this.file(`${name}.pem`), key: this.file(`${name}.key`) }
  }

  #openssl(...args: readonly string[]): void {
    const { status, stderr } = spawnSync(findProgram('openssl'), args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`)
  }
}
