/** The hash chain: ties each entry of a game to all entries before it, so that silent corruption cannot stay silent. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Version } from './journal.ts'

/** 128 bits as 32 lower-case hexadecimal digits. */
export type Chain = string

/** Characters of a chain. */
export const chainLength = 32

/** What the first entry of a game is chained to. */
export const chainStart: Chain = '0'.repeat(chainLength)

/** The chain of entry `version`, given the chain of the entry before it. */
export type NextChain = (previous: Chain, version: Version, body: string) => Chain

/**
 * Builds the chain function on a host's SHA-256: the first 128 bits of
 * sha256(previous chain, 16 bytes ‖ version, 8 bytes big-endian ‖ body, UTF-8).
 */
export function makeChain(sha256: (message: Uint8Array) => Uint8Array): NextChain {
  return (previous, version, body) => {
    const number = new Uint8Array(8)
    new DataView(number.buffer).setBigUint64(0, BigInt(version))
    return bytesToHex(sha256(concatBytes(hexToBytes(previous), number, utf8ToBytes(body))).subarray(0, 16))
  }
}

/** {@link makeChain} for any host. */
export const nextChain: NextChain = makeChain(sha256)

/** What verification needs of an entry. */
export interface Link {
  readonly version: Version
  readonly body: string
  readonly chain: Chain
}

/**
 * The version at which entries of one game, oldest first, stop being a whole: the first that is missing, out of order
 * or does not match its chain. Null when all hold.
 * @param before the entry that they follow; by default they start at version 1.
 */
export function verifyEntries(
  entries: readonly Link[],
  before: Omit<Link, 'body'> = { version: 0, chain: chainStart },
  chain: NextChain = nextChain,
): Version | null {
  let { version, chain: previous } = before
  for (const entry of entries) {
    version++
    if (entry.version !== version || entry.chain !== chain(previous, version, entry.body)) return version
    previous = entry.chain
  }
  return null
}
