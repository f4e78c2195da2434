/** Finds out how a server refused a WebSocket: Node's WebSocket does not report it. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { Stop } from '../server/stop.ts'

/** The longest answer that is read, in bytes; a refusal by Oxo has about 200. */
const answerBytesMax = 16_384

/**
 * Requests a WebSocket at `server`, an HTTP address, and closes it again.
 * @returns Stop 'refused' with the error if an Oxo server refuses; a text about the answer of any other server; null if
 * the
 * WebSocket opens or nothing answers within `patienceMs`.
 */
export async function whyNotUpgraded(server: string, patienceMs: number): Promise<Stop | string | null> {
  const answer = await askForUpgrade(new URL('/ws', server), AbortSignal.timeout(patienceMs)).catch(() => null)
  if (answer === null) return null
  const { detail, name } = await readProblem(answer)
  if (detail !== null && name !== null) return new Stop('refused', `${name}: ${detail}.`)
  return `it answers ${answer.statusCode} ${answer.statusMessage} instead of opening a WebSocket`
}

/** Null if the WebSocket was opened. */
async function askForUpgrade(url: URL, signal: AbortSignal): Promise<IncomingMessage | null> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  }
  return new Promise((resolve, reject) => {
    request(url, { headers, signal })
      .on('response', resolve)
      .on('upgrade', (_answer, socket) => {
        socket.destroy()
        resolve(null)
      })
      .on('error', reject)
      .end()
  })
}

/** Reads the error from the members of a problem document (RFC 9457). */
async function readProblem(answer: IncomingMessage): Promise<Record<'detail' | 'name', string | null>> {
  const isProblem = answer.headers['content-type']?.startsWith('application/problem+json') === true
  const isShort = Number(answer.headers['content-length'] ?? Infinity) <= answerBytesMax
  const problem: unknown = isProblem && isShort ? await json(answer).catch(() => null) : null
  answer.destroy()
  const member = (key: string): string | null => {
    const value: unknown = problem !== null && typeof problem === 'object' ? Reflect.get(problem, key) : null
    return typeof value === 'string' ? value : null
  }
  return { detail: member('detail'), name: member('name') }
}
