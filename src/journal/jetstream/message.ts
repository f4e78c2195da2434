/** An entry as a message of the stream: its body is the payload, what else belongs to it is in headers. */
import { MsgHdrsImpl, type MsgImpl } from '@nats-io/nats-core/internal'
import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import type { Chain } from '../chain.ts'
import type { Entry, GameId, Version } from '../journal.ts'
import { nodeChain } from '../sqlite/node-chain.ts'

/** One message as the stream has it. Whether it is an entry of its game, or void, only its game's fold can tell. */
export class Message {
  /** Its place in the stream. */
  readonly sequence: number
  readonly game: GameId
  /** 0: it is no entry, whatever its game's fold says. */
  readonly version: Version
  readonly chain: Chain
  readonly body: string
  /** Unique to one call of `append`, whatever the body. */
  readonly append: string
  /** What its chain is known to tie it to: each message is looked at by several, and the hash is dear. */
  #previous: Chain | null = null

  constructor({ sequence, game, version, chain, body, append }: MessageContent) {
    this.sequence = sequence
    this.game = game
    this.version = version
    this.chain = chain
    this.body = body
    this.append = append
  }

  /** It was made here, to follow `previous`. */
  isMadeFor(previous: Chain): void {
    this.#previous = previous
  }

  /** Whether its chain ties it to an entry with the chain `previous`. */
  follows(previous: Chain): boolean {
    if (previous === this.#previous) return true
    if (this.chain !== nodeChain(previous, this.version, this.body)) return false
    this.#previous = previous
    return true
  }
}

/** What a message says. */
type MessageContent = Omit<Message, 'isMadeFor' | 'follows'>

export const headerNames = {
  version: 'Oxo-Version',
  chain: 'Oxo-Chain',
  append: 'Oxo-Append',
  expected: 'Nats-Expected-Last-Subject-Sequence',
} as const

/**
 * Headers that are text already. The client's own look through all of them for each that is added or read, and cost
 * a third of an append.
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

  /** As the client would, at a tenth of its time: `TextEncoder` is slow for short texts. */
  override encode(): Uint8Array {
    return Buffer.from(this.#text)
  }
}

/** Where an append stands in a batch: `number` counts from 1. */
export interface BatchPlace {
  readonly batch: string
  readonly number: number
  /** The batch ends here, and is to be stored. */
  readonly isLast: boolean
}

/** What an append says beside its body. `token`: the sequence of the last message of the game's subject, 0 for none. */
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

/** Where a message was found, and what it says. */
export interface Found {
  readonly sequence: number
  readonly game: GameId
  /** See {@link headersOf}. */
  readonly headers: string
  readonly body: string
}

/** One that Oxo never wrote has the version 0, which no entry has: it is void. */
export function parseMessage({ sequence, game, headers, body }: Found): Message {
  const version = Number(findHeader(headers, headerNames.version))
  const chain = findHeader(headers, headerNames.chain) ?? ''
  if (!Number.isSafeInteger(version) || version < 1 || !/^[0-9a-f]{32}$/.test(chain))
    return new Message({ sequence, game, version: 0, chain: '', body: '', append: '' })
  return new Message({ sequence, game, version, chain, body, append: findHeader(headers, headerNames.append) ?? '' })
}

export function makeEntry({ sequence, game, version, body, chain }: Message): Entry {
  return { position: String(sequence), game, version, body, chain }
}

/** Payload as text, byte order mark included. */
export function textOf({ data }: Pick<Msg, 'data'>): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
}

/** The headers of a message as they came: `NATS/1.0`, perhaps a status, then a line each. Empty if it has none. */
export function headersOf(message: Msg): string {
  // Not by its class: in a bundle there may be two of them.
  const { _rdata: bytes, _msg: args } = message as MsgImpl
  return args.hdr > 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, args.hdr).toString() : ''
}

/** 0: none. */
export function statusOf(headers: string): number {
  return headers.startsWith('NATS/1.0 ') ? Number.parseInt(headers.slice(9), 10) : 0
}

/** The value of the first header of that name, which is written as it is here. */
export function findHeader(headers: string, name: string): string | undefined {
  const at = headers.indexOf(`\r\n${name}:`)
  if (at < 0) return undefined
  const from = at + name.length + 3
  const end = headers.indexOf('\r\n', from)
  return headers.slice(from, end < 0 ? undefined : end).trim()
}
