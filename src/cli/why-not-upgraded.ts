/** What a server says instead of opening a WebSocket: the WebSocket of Node does not tell. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { Stop } from '../server/stop.ts'

/** Bytes of an answer that are read; a refusal of Oxo has some 200. */
const answerBytesMax = 16_384

/**
 * Asks for a WebSocket at `server`, an address of HTTP, and closes it again.
 * @returns Stop 'refused' with the words of an Oxo that refuses, a text of what else answers, or null: it opens, or nothing
 * answers within `patienceMs`.
 */
export async function whyNotUpgraded(server: string, patienceMs: number): Promise<Stop | string | null> {
  const answer = await askForUpgrade(new URL('/ws', server), AbortSignal.timeout(patienceMs)).catch(() => null)
  if (answer === null) return null
  const { detail, name } = await readProblem(answer)
  if (detail !== null && name !== null) return new Stop('refused', `${name}: ${detail}.`)
  return `it answers ${answer.statusCode} ${answer.statusMessage} where Oxo opens a WebSocket`
}

/** Null: it was opened. */
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

/** The members of a problem (RFC 9457) that say what is wrong. */
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
