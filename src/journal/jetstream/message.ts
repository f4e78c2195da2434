/** An entry as a message of the stream: the payload is the body, headers contain the rest. */
import { MsgHdrsImpl, type MsgImpl } from '@nats-io/nats-core/internal'
import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import type { Chain } from '../chain.ts'
import type { Entry, GameId, Version } from '../journal.ts'
import { sha256Chain } from '../../base/node/index.ts'

/** One message of the stream. Only the messages of its game before it determine whether it is an entry or void. */
export class Message {
  /** Its sequence in the stream. */
  readonly sequence: number
  readonly game: GameId
  /** 0: the message cannot be an entry. */
  readonly version: Version
  readonly chain: Chain
  readonly body: string
  /** Unique to one call of `append`. */
  readonly append: string
  /** The chain that this message is known to follow. Cached, because several readers check a message and the hash is expensive. */
  #previous: Chain | null = null

  constructor({ sequence, game, version, chain, body, append }: MessageContent) {
    this.sequence = sequence
    this.game = game
    this.version = version
    this.chain = chain
    this.body = body
    this.append = append
  }

  /** Records that this process made the message to follow the chain `previous`. */
  isMadeFor(previous: Chain): void {
    this.#previous = previous
  }

  /** Whether its chain ties it to an entry with the chain `previous`. */
  follows(previous: Chain): boolean {
    if (previous === this.#previous) return true
    if (this.chain !== sha256Chain(previous, this.version, this.body)) return false
    this.#previous = previous
    return true
  }
}

/** The content of a message. */
type MessageContent = Omit<Message, 'isMadeFor' | 'follows'>

export const headerNames = {
  version: 'Oxo-Version',
  chain: 'Oxo-Chain',
  append: 'Oxo-Append',
  expected: 'Nats-Expected-Last-Subject-Sequence',
} as const

/**
 * Headers from ready-made text. The client's own implementation searches all headers for each one that is added or read, which
 * takes a third of the time of an append.
 */
class WrittenHeaders extends MsgHdrsImpl {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  override toString(): string {
    return this.#text
  }

  /** The same result as the client's own method in a tenth of the time: `TextEncoder` is slow for short texts. */
  override encode(): Uint8Array {
    return Buffer.from(this.#text)
  }
}

/** The place of an append in a batch. `number` counts from 1. */
export interface BatchPlace {
  readonly batch: string
  readonly number: number
  /** The batch ends here, and the servers must store it. */
  readonly isLast: boolean
}

/** The headers of an append. @param token the sequence of the last message of the game's subject, 0 for none. */
export function makeHeaders(
  { version, chain, append }: Pick<Message, 'version' | 'chain' | 'append'>,
  token: number,
  place?: BatchPlace,
): MsgHdrs {
  return new WrittenHeaders(
    `NATS/1.0\r\n${headerNames.expected}: ${token}\r\n${headerNames.version}: ${version}\r\n` +
      `${headerNames.chain}: ${chain}\r\n${headerNames.append}: ${append}\r\n${place === undefined ? '' : makeBatchHeaders(place)}\r\n`,
  )
}

function makeBatchHeaders({ batch, number, isLast }: BatchPlace): string {
  return `Nats-Batch-Id: ${batch}\r\nNats-Batch-Sequence: ${number}\r\n${isLast ? 'Nats-Batch-Commit: 1\r\n' : ''}`
}

/** The place and the content of a message that was read. */
export interface Found {
  readonly sequence: number
  readonly game: GameId
  /** See {@link headersOf}. */
  readonly headers: string
  readonly body: string
}

/** Parses a message. One that Oxo did not write gets version 0, which no entry has, so it is void. */
export function parseStreamMessage({ sequence, game, headers, body }: Found): Message {
  const version = Number(findHeader(headers, headerNames.version))
  const chain = findHeader(headers, headerNames.chain) ?? ''
  if (!Number.isSafeInteger(version) || version < 1 || !/^[0-9a-f]{32}$/.test(chain))
    return new Message({ sequence, game, version: 0, chain: '', body: '', append: '' })
  return new Message({ sequence, game, version, chain, body, append: findHeader(headers, headerNames.append) ?? '' })
}

export function makeStreamEntry({ sequence, game, version, body, chain }: Message): Entry {
  return { position: String(sequence), game, version, body, chain }
}

/** The payload as text, including a byte order mark. */
export function payloadText({ data }: Pick<Msg, 'data'>): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
}

/** The headers of a message as they came: `NATS/1.0`, an optional status, then one line for each. Empty if it has none. */
export function headersOf(message: Msg): string {
  // A cast instead of `instanceof`: a bundle may contain the class twice.
  const { _rdata: bytes, _msg: args } = message as MsgImpl
  return args.hdr > 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, args.hdr).toString() : ''
}

/** The status code in the headers; 0: none. */
export function natsStatusOf(headers: string): number {
  return headers.startsWith('NATS/1.0 ') ? Number.parseInt(headers.slice(9), 10) : 0
}

/** The value of the first header with that name; undefined: there is none. Names are case-sensitive. */
export function findHeader(headers: string, name: string): string | undefined {
  const at = headers.indexOf(`\r\n${name}:`)
  if (at < 0) return undefined
  const from = at + name.length + 3
  const end = headers.indexOf('\r\n', from)
  return headers.slice(from, end < 0 ? undefined : end).trim()
}
