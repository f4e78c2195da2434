/** The hash chain: ties each entry of a game to all entries before it, so that corruption is detected. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Version } from './journal.ts'

/** 128 bits as 32 lower-case hexadecimal digits. */
export type Chain = string

/** The number of characters of a chain. */
export const chainLength = 32

/** The value that the first entry of a game is chained to. */
export const chainStart: Chain = '0'.repeat(chainLength)

/** The chain of entry `version`, given the chain of the entry before it. */
export type NextChain = (previous: Chain, version: Version, body: string) => Chain

/**
 * Builds the chain function from a SHA-256 implementation. A chain is the first 128 bits of
 * sha256(previous chain, 16 bytes ‖ version, 8 bytes big-endian ‖ body, UTF-8).
 */
export function makeChain(sha256: (message: Uint8Array) => Uint8Array): NextChain {
  return (previous, version, body) => {
    const number = new Uint8Array(8)
    new DataView(number.buffer).setBigUint64(0, BigInt(version))
    return bytesToHex(sha256(concatBytes(hexToBytes(previous), number, utf8ToBytes(body))).subarray(0, 16))
  }
}

/** {@link makeChain} with a SHA-256 that runs on any host. */
export const nextChain: NextChain = makeChain(sha256)

/** The part of an entry that verification needs. */
export interface ChainLink {
  readonly version: Version
  readonly body: string
  readonly chain: Chain
}

/**
 * Verifies consecutive entries of one game, oldest first. Returns the version of the first entry that is missing, is out
 * of order or does not match its chain; null if all entries are valid.
 * @param before the entry before the first one. By default the first entry must be version 1.
 */
export function verifyEntries(
  entries: readonly ChainLink[],
  before: Omit<ChainLink, 'body'> = { version: 0, chain: chainStart },
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
