/** Ids of journals that do not store one. The id is derived from properties that identify the journal. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { JournalId } from './journal.ts'

/** The same texts in the same order give the same id. */
export function deriveId(texts: readonly string[]): JournalId {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(texts))).subarray(0, 16))
}
