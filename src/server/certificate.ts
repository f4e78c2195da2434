/** The TLS certificate of a server and its key: read at the start, and again when their files change. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Clock, Log, Timer } from '../base/index.ts'
import { stopOfFile } from './files.ts'
import { Stop } from './stop.ts'

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** The contents of both files; the key belongs to the certificate. */
export interface CertificatePair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** The interval at which the files are checked, in ms: a renewed certificate is in use a second later. */
const checkMs = 1_000

/** Reads and validates both files. @throws Stop with a sentence that names the file and says what to do. */
export async function readPair({ cert, key }: CertificateFiles): Promise<CertificatePair> {
  const pair = { cert: await readPem(cert), key: await readPem(key) }
  const certificate = parse(pair.cert, (text) => new X509Certificate(text))
  if (certificate === null) throw wrong(`${cert} holds no certificate in PEM: name one with --tls-cert`)
  const privateKey = parse(pair.key, (text) => createPrivateKey(text))
  if (privateKey === null)
    throw wrong(`${key} holds no key in PEM that can be read without a passphrase: name one with --tls-key`)
  // OpenSSL accepts a key of another type without an error and then fails at each handshake.
  if (!certificate.checkPrivateKey(privateKey))
    throw wrong(`the key ${key} does not match the first certificate in ${cert}: name a pair that belongs together`)
  try {
    createSecureContext(pair)
  } catch (cause) {
    throw wrong(`${cert} and ${key} cannot be used for TLS (${cause instanceof Error ? cause.message : 'unknown'})`)
  }
  return pair
}

function wrong(clause: string): Stop {
  return new Stop('failed', `The certificate or its key is not usable: ${clause}.`)
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw stopOfFile(file, cause)
  }
}

function parse<Parsed>(text: Buffer, read: (text: Buffer) => Parsed): Parsed | null {
  try {
    return read(text)
  } catch {
    return null
  }
}

export interface RenewalOptions {
  readonly files: CertificateFiles
  /** The pair that is in use. */
  readonly pair: CertificatePair
  readonly clock: Clock
  readonly log: Log
  /** Called with a valid new pair; uses it for new connections. */
  readonly use: (pair: CertificatePair) => void
}

/**
 * Reloads the files when they change. It compares file states, following links, because certbot, Kubernetes and people
 * replace the files in different ways, and one after the other. An invalid pair is logged once and the previous pair
 * stays in use.
 */
export class Renewal {
  readonly #options: RenewalOptions
  #pair: CertificatePair
  /** The state of the files when they were last read; null forces a reload. */
  #seen: string | null = null
  #checking: Promise<void> = Promise.resolve()
  #timer: Timer | null = null
  #isOver = false

  constructor(options: RenewalOptions) {
    this.#options = options
    this.#pair = options.pair
    warnOfDates(options, options.pair)
    this.#wait()
  }

  /** Reads the files now; resolves when the pair is in use or was found invalid. */
  renew(): Promise<void> {
    this.#seen = null
    return this.#check()
  }

  close(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  #wait(): void {
    if (this.#isOver) return
    this.#timer = this.#options.clock.after(checkMs, () => void this.#check().then(() => this.#wait()))
  }

  /** Checks run one after the other, never at the same time. */
  #check(): Promise<void> {
    this.#checking = this.#checking.then(() => this.#checkOnce())
    return this.#checking
  }

  async #checkOnce(): Promise<void> {
    const { files, log, use } = this.#options
    // Taken before the files are read, so that the next check finds a change made meanwhile.
    const state = await stateOf(files)
    if (this.#isOver || state === this.#seen) return
    this.#seen = state
    try {
      const pair = await readPair(files)
      if (this.#isOver || (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key))) return
      use(pair)
      this.#pair = pair
      log.info({ cert: files.cert, until: new X509Certificate(pair.cert).validTo }, 'certificate renewed')
      warnOfDates(this.#options, pair)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      log.warn({ reason }, 'certificate not renewed: the previous one stays in use')
    }
  }
}

/** A text that changes whenever a file is changed, replaced or removed. */
async function stateOf({ cert, key }: CertificateFiles): Promise<string> {
  const states = await Promise.all(
    [cert, key].map(async (file) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
        return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
      } catch (cause) {
        return String(cause)
      }
    }),
  )
  return states.join('\n')
}

/** Only warns: the certificate is served anyway, because the clock of this machine may be wrong. */
function warnOfDates({ files, clock, log }: RenewalOptions, { cert }: CertificatePair): void {
  const { validFromDate, validToDate, validFrom, validTo } = new X509Certificate(cert)
  const now = clock.wall()
  if (now > validToDate.getTime()) log.warn({ cert: files.cert, until: validTo }, 'certificate has expired')
  if (now < validFromDate.getTime()) log.warn({ cert: files.cert, from: validFrom }, 'certificate is not valid yet')
}
