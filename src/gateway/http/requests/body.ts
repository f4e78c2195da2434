/** Reads the body of a request: complete, bounded, strict UTF-8. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { Fault, parseJson } from '../../../protocol/index.ts'

/** A form of another site cannot send this type; a script of another site can only after a CORS preflight. */
const bodyType = /^application\/json *(;|$)/i

export function isJson(request: IncomingMessage): boolean {
  return bodyType.test(request.headers['content-type'] ?? '')
}

/** @throws Fault 'too-large' or 'not-understood'. */
export async function readBodyText(request: IncomingMessage, bytesMax: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const body = await readBytes(request, bytesMax)
  if (!isUtf8(body)) throw new Fault('not-understood', 'the body is not UTF-8')
  return body.toString()
}

async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    // Leaving the loop early must not destroy the socket: the refusal has to arrive.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > bytesMax) throw tooLarge(bytesMax)
    }
  } catch (cause) {
    // The client has gone: this is a fault of the request, not an internal error to be logged.
    if (request.readableAborted) throw new Fault('not-understood', 'the body ended early', { cause })
    throw cause
  }
  return Buffer.concat(chunks)
}

function tooLarge(limit: number): Fault {
  return new Fault('too-large', undefined, { limit })
}

/** The members of a JSON object; an empty body has none. @throws Fault */
export async function readMembers(request: IncomingMessage, bytesMax: number): Promise<object> {
  const text = await readBodyText(request, bytesMax)
  // White space and byte order marks count as empty.
  if (text.trim() === '') return {}
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Fault('invalid-params', 'the body must be a JSON object')
  return value
}
