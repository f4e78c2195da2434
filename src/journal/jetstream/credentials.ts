/** The credential files of a node for the NATS servers. They are checked before the node connects. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { systemClock } from '../../base/index.ts'
import { errorCode } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'

export interface Credentials {
  /** A credentials file made by NATS tools, or a file with the seed of an nkey. */
  readonly creds?: string | undefined
  readonly tls?: TlsFiles | undefined
}

/** PEM files: the CA that signed the servers' certificates, and this node's own certificate with its key. */
export interface TlsFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** @throws JournalFault 'unavailable' */
export function readCreds(file: string): { readonly kind: 'creds' | 'seed'; readonly bytes: Buffer } {
  const bytes = read('creds', file)
  const text = bytes.toString()
  if (text.includes('-----BEGIN NATS USER JWT-----')) return { kind: 'creds', bytes }
  const seed = /^SU[A-Z2-7]{56}$/m.exec(text)?.[0]
  if (seed !== undefined) return { kind: 'seed', bytes: Buffer.from(seed) }
  throw fileFault('creds', file, 'is neither a credentials file of NATS nor the seed of an nkey (SU…)')
}

/** @throws JournalFault 'unavailable' */
export function checkTlsFiles({ ca, cert, key }: TlsFiles): void {
  if (ca !== undefined) readCertificate('tls.ca', ca)
  if ((cert === undefined) !== (key === undefined))
    throw new JournalFault('unavailable', '`tls.cert` and `tls.key` belong together: give both, or neither')
  if (cert === undefined || key === undefined) return
  const certificate = readCertificate('tls.cert', cert)
  if (certificate.validToDate.getTime() < systemClock.wall())
    throw fileFault('tls.cert', cert, `expired on ${certificate.validTo}: renew it`)
  if (!certificate.checkPrivateKey(readKey(key)))
    throw fileFault('tls.key', key, `is not the key of the certificate ${cert}`)
}

function readCertificate(option: string, file: string): X509Certificate {
  const bytes = read(option, file)
  try {
    return new X509Certificate(bytes)
  } catch (cause) {
    throw fileFault(option, file, 'is not a certificate in PEM', cause)
  }
}

function readKey(file: string) {
  const bytes = read('tls.key', file)
  try {
    return createPrivateKey(bytes)
  } catch (cause) {
    throw fileFault('tls.key', file, 'is not a private key in PEM without a passphrase', cause)
  }
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw fileFault(option, file, `cannot be read (${errorCode(cause)})`, cause)
  }
}

function fileFault(option: string, file: string, what: string, cause?: unknown): JournalFault {
  return new JournalFault('unavailable', `\`${option}\` ${file} ${what}`, { cause })
}
