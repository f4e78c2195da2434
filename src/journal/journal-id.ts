/** Ids of journals that have none of their own: they follow from what tells such a journal from all others. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { JournalId } from './journal.ts'

/** The same id for the same texts, in the same order. */
export function deriveId(texts: readonly string[]): JournalId {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(texts))).subarray(0, 16))
}
