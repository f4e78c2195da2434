/** Checks an exported game without a server. */
import type { GameRecord } from '../protocol/shapes.ts'

/** SHA-256 of a message: 32 bytes. */
export type Sha256 = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array

const chainBytes = 16
const versionBytes = 8

/**
 * The version of the first entry that is missing, out of order, or does not match the hash chain; null when the record
 * is whole. A chain is the first 16 bytes of sha256(the chain before it, zeros at first ‖ version, 8 bytes big-endian ‖
 * the entry's body), in hexadecimal. That the end is missing shows only against a `head` from elsewhere.
 * @param sha256 the host's WebCrypto by default. Browsers have that on secure pages only.
 */
export async function verifyRecord(record: GameRecord, sha256: Sha256 = hostSha256): Promise<number | null> {
  const { entries, head } = record
  let chain: Uint8Array = new Uint8Array(chainBytes)
  for (const [index, { version, at, event, chain: claimed }] of entries.entries()) {
    if (version !== index + 1) return index + 1
    // The text that `makeBody` of the protocol writes.
    const body = new TextEncoder().encode(`{"at":${at},"event":${JSON.stringify(event)}}`)
    const message = new Uint8Array(chainBytes + versionBytes + body.length)
    message.set(chain)
    new DataView(message.buffer).setBigUint64(chainBytes, BigInt(version))
    message.set(body, chainBytes + versionBytes)
    chain = (await sha256(message)).subarray(0, chainBytes)
    if (toHex(chain) !== claimed) return version
  }
  return toHex(chain) === head ? null : entries.length + 1
}

async function hostSha256(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Absent on pages without TLS, whatever the types say.
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto }
  if (subtle === undefined) throw new TypeError('no WebCrypto here: pass sha256')
  return new Uint8Array(await subtle.digest('SHA-256', message))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
