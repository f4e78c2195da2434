/** The certificate of a server and its key: read at the start, and again when their files change. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Clock, Log, Timer } from '../base/index.ts'
import { stopOfFile } from './files.ts'
import { Stop } from './stop.ts'

/** Files in PEM. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** Their content, which belongs together. */
export interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** How often the files are looked at, in ms: a renewal is in use a second later. */
const lookMs = 1_000

/** @throws Stop with a sentence that names the file and says what to do. */
export async function readPair({ cert, key }: CertificateFiles): Promise<Pair> {
  const pair = { cert: await readPem(cert), key: await readPem(key) }
  const certificate = parse(pair.cert, (text) => new X509Certificate(text))
  if (certificate === null) throw wrong(`${cert} holds no certificate in PEM: name one with --tls-cert`)
  const privateKey = parse(pair.key, (text) => createPrivateKey(text))
  if (privateKey === null)
    throw wrong(`${key} holds no key in PEM that can be read without a passphrase: name one with --tls-key`)
  // OpenSSL itself takes a key of another kind without a word, and then fails at each handshake.
  if (!certificate.checkPrivateKey(privateKey))
    throw wrong(`the key ${key} is not that of the first certificate in ${cert}: name the two that belong together`)
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
  /** What is in use. */
  readonly pair: Pair
  readonly clock: Clock
  readonly log: Log
  /** Takes a pair that can be used, for new connections. */
  readonly use: (pair: Pair) => void
}

/**
 * Looks after the files, wherever their links lead: certbot, Kubernetes and people replace them in different ways, and
 * one after the other. A pair that cannot be used is refused, once, and the one before stays.
 */
export class Renewal {
  readonly #options: RenewalOptions
  #pair: Pair
  /** How the files were when they were read last; null: they are to be read again whatever they are like. */
  #seen: string | null = null
  #looking: Promise<void> = Promise.resolve()
  #timer: Timer | null = null
  #isOver = false

  constructor(options: RenewalOptions) {
    this.#options = options
    this.#pair = options.pair
    warnOfDates(options, options.pair)
    this.#wait()
  }

  /** Reads the files now; resolves when what they hold is in use, or refused. */
  renew(): Promise<void> {
    this.#seen = null
    return this.#look()
  }

  close(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  #wait(): void {
    if (this.#isOver) return
    this.#timer = this.#options.clock.after(lookMs, () => void this.#look().then(() => this.#wait()))
  }

  /** One look after the other. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookOnce())
    return this.#looking
  }

  async #lookOnce(): Promise<void> {
    const { files, log, use } = this.#options
    // Before they are read: what changes meanwhile is seen at the next look.
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
      log.warn({ reason }, 'certificate not renewed: the one before stays in use')
    }
  }
}

/** What changes whenever one of the files does, is replaced, or is lost. */
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

/** The clock of the host may be what is wrong, so it is served all the same. */
function warnOfDates({ files, clock, log }: RenewalOptions, { cert }: Pair): void {
  const { validFromDate, validToDate, validFrom, validTo } = new X509Certificate(cert)
  const now = clock.wall()
  if (now > validToDate.getTime()) log.warn({ cert: files.cert, until: validTo }, 'certificate has expired')
  if (now < validFromDate.getTime()) log.warn({ cert: files.cert, from: validFrom }, 'certificate is not valid yet')
}
