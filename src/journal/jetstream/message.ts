/** An entry as a message of the stream: its body is the payload, what else belongs to it is in headers. */
import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node'
import type { Chain } from '../chain.ts'
import { type Entry, type GameId, JournalFault, type Version } from '../journal.ts'

/** One message as the stream has it. Whether it is an entry of its game, or void, only its game's fold can tell. */
export interface Message {
  /** Its place in the stream. */
  readonly sequence: number
  readonly game: GameId
  readonly version: Version
  readonly chain: Chain
  readonly body: string
  /** Unique to one call of `append`, whatever the body. */
  readonly append: string
}

export const headerNames = {
  version: 'Oxo-Version',
  chain: 'Oxo-Chain',
  append: 'Oxo-Append',
  expected: 'Nats-Expected-Last-Subject-Sequence',
} as const

/** What an append says beside its body. `token`: the sequence of the last message of the game's subject, 0 for none. */
export function makeHeaders(
  { version, chain, append }: Pick<Message, 'version' | 'chain' | 'append'>,
  token: number,
): MsgHdrs {
  const made = headers()
  made.set(headerNames.expected, String(token))
  made.set(headerNames.version, String(version))
  made.set(headerNames.chain, chain)
  made.set(headerNames.append, append)
  return made
}

/** Where a message was found, and its headers by name. */
export interface Found {
  readonly sequence: number
  readonly game: GameId
  readonly header: (name: string) => string | undefined
  readonly body: string
}

/** @throws JournalFault 'corrupt' if Oxo never wrote it */
export function parseMessage({ sequence, game, header, body }: Found): Message {
  const version = Number(header(headerNames.version))
  const chain = header(headerNames.chain) ?? ''
  if (!Number.isSafeInteger(version) || version < 1 || !/^[0-9a-f]{32}$/.test(chain) || !Number.isSafeInteger(sequence))
    throw new JournalFault('corrupt', `message ${sequence} of game ${game} is no entry: something else writes here`)
  return { sequence, game, version, chain, body, append: header(headerNames.append) ?? '' }
}

export function makeEntry({ sequence, game, version, body, chain }: Message): Entry {
  return { position: String(sequence), game, version, body, chain }
}

/** Payload as text, byte order mark included. */
export function textOf({ data }: Pick<Msg, 'data'>): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
}

/** The headers of a message as it is stored: `NATS/1.0`, then a line each. */
export function parseStoredHeaders(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').slice(1)
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const]
    }),
  )
}
