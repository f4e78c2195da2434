/** Checks an exported game without a server. */
import type { Params, GameRecord } from '../protocol/index.ts'

/** SHA-256 of a message: 32 bytes. */
export type Sha256 = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array

const chainBytes = 16
const versionBytes = 8

/** The part of a client that reads records. */
interface RecordSource {
  call(method: 'game.record', params: Params<'game.record'>): Promise<GameRecord>
}

/** Yields the record of a game of any length page by page. Requests a page only when the caller asks for it. */
export async function* readRecord(client: RecordSource, game: string): AsyncGenerator<GameRecord, void> {
  for (let from: number | undefined = 1; from !== undefined;) {
    const page: GameRecord = await client.call('game.record', { game, from })
    yield page
    from = page.next
  }
}

/**
 * Returns the version of the first entry that is missing, out of order, or does not match the hash chain; null if the
 * record is intact. A chain is, in hexadecimal, the first 16 bytes of sha256(previous chain, initially zeros ‖ version,
 * 8 bytes big-endian ‖ the entry's body). A record whose end was cut off can be detected only with a `head` from
 * another
 * source.
 * @param record a whole record, or its pages from the first on: see {@link readRecord}.
 * @param sha256 by default the host's WebCrypto, which browsers provide on secure pages only.
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
    // An empty last page: the previous page ended exactly with the last entry.
    const isEmptyPage = entries.length === 0 && last > 0 && head === ''
    if (!isEmptyPage && toHex(chain) !== head) return last + 1
  }
  return null
}

async function hostSha256(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Absent on pages without TLS, although the type says otherwise.
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto }
  if (subtle === undefined) throw new TypeError('this host has no WebCrypto: pass a sha256 function')
  return new Uint8Array(await subtle.digest('SHA-256', message))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
