/** Checks an exported game without a server. */
import type { Params } from '../protocol/methods.ts'
import type { GameRecord } from '../protocol/shapes.ts'

/** SHA-256 of a message: 32 bytes. */
export type Sha256 = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array

const chainBytes = 16
const versionBytes = 8

/** Whom a record is asked of: a client. */
interface Asked {
  call(method: 'game.record', params: Params<'game.record'>): Promise<GameRecord>
}

/** The record of a game of any length, page by page: the next one is asked for when the one before was taken. */
export async function* readRecord(client: Asked, game: string): AsyncGenerator<GameRecord, void> {
  for (let from: number | undefined = 1; from !== undefined;) {
    const page: GameRecord = await client.call('game.record', { game, from })
    yield page
    from = page.next
  }
}

/**
 * The version of the first entry that is missing, out of order, or does not match the hash chain; null when the record
 * is whole. A chain is the first 16 bytes of sha256(the chain before it, zeros at first ‖ version, 8 bytes big-endian ‖
 * the entry's body), in hexadecimal. That the end is missing shows only against a `head` from elsewhere.
 * @param record whole, or its pages from the first on: see {@link readRecord}.
 * @param sha256 the host's WebCrypto by default. Browsers have that on secure pages only.
 */
export async function verifyRecord(
  record: GameRecord | AsyncIterable<GameRecord>,
  sha256: Sha256 = hostSha256,
): Promise<number | null> {
  let chain: Uint8Array = new Uint8Array(chainBytes)
  let last = 0
  for await (const { entries, head } of 'entries' in record ? [record] : record) {
    for (const { version, at, event, chain: claimed } of entries) {
      if (version !== last + 1) return last + 1
      last = version
      // The text that `makeBody` of the protocol writes.
      const body = new TextEncoder().encode(`{"at":${at},"event":${JSON.stringify(event)}}`)
      const message = new Uint8Array(chainBytes + versionBytes + body.length)
      message.set(chain)
      new DataView(message.buffer).setBigUint64(chainBytes, BigInt(version))
      message.set(body, chainBytes + versionBytes)
      chain = (await sha256(message)).subarray(0, chainBytes)
      if (toHex(chain) !== claimed) return version
    }
    // The page after the last entry, where that ended the one before.
    const isEmptyPage = entries.length === 0 && last > 0 && head === ''
    if (!isEmptyPage && toHex(chain) !== head) return last + 1
  }
  return null
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
