/** The faults that a client is checked with, one in each game. Each strikes at the client's second move, once. */
import { errorRow, type ErrorName } from '../../../protocol/index.ts'
import type { ClientFault, Hooks } from './front.ts'
import type { ClientLink, ClientRequest } from './link.ts'

/** How long the client has to wait where a fault says so, in ms. */
const waitMs = 400
/** Which move a fault strikes. */
const struck = 2

/** Calls `strike` with the second move that the client sends. */
function atMove(strike: (request: ClientRequest, link: ClientLink) => boolean): () => Hooks {
  return () => {
    let moves = 0
    return {
      onRequest: (request, link) => request.method === 'game.move' && ++moves === struck && strike(request, link),
    }
  }
}

/** Calls `strike` with the answer to the second move, and the request. */
function atAnswer(strike: (line: string, request: ClientRequest, link: ClientLink) => boolean): () => Hooks {
  return () => {
    let moves = 0
    return {
      onLine: (line, request, link) =>
        request?.method === 'game.move' && ++moves === struck && strike(line, request, link),
    }
  }
}

function refusal(name: ErrorName, more: Readonly<Record<string, unknown>> = {}) {
  const { code, retry } = errorRow(name)
  return (request: ClientRequest, link: ClientLink): boolean => {
    link.refuse(request, code, { name, retry, ...more })
    return true
  }
}

function fault(name: string, title: string, rules: readonly string[], makeHooks: () => Hooks): ClientFault {
  return { name, title, rules, makeHooks }
}

const unknownOutcome = refusal('outcome-unknown')

export const clientFaults: readonly ClientFault[] = [
  fault('none', 'a game without a fault', ['C1'], () => ({})),
  fault(
    'lost-answer',
    'the move arrives, and the connection ends before its answer',
    ['C10'],
    atAnswer((_, __, link) => {
      link.cut()
      return true
    }),
  ),
  fault(
    'lost-request',
    'the connection ends before the move arrives',
    ['C10'],
    atMove((_, link) => {
      link.cut()
      return true
    }),
  ),
  fault(
    'half-an-answer',
    'the connection ends in the middle of an answer',
    ['C6', 'C10'],
    atAnswer((line, _, link) => {
      link.cut(line.slice(0, line.length / 2))
      return true
    }),
  ),
  fault('pieces', 'every message arrives in two pieces, and a heartbeat with it', ['W3', 'W10'], () => ({
    onLine(line, _, link) {
      link.sendInPieces(line)
      return true
    },
  })),
  fault(
    'garbage',
    'a line is no JSON',
    ['C6'],
    atAnswer((_, __, link) => {
      link.send('\u{0}<html>502 Bad Gateway</html>')
      link.cut()
      return true
    }),
  ),
  fault(
    'unknown-members',
    'a message has members, and a notification a name, that no document has',
    ['P8'],
    atAnswer((line, _, link) => {
      link.tell({ jsonrpc: '2.0', method: 'game.celebrated', params: { game: 'other', with: ['cake'] } })
      link.send(line.replace('"result":{', '"result":{"debug":{"a":[1]},'))
      return true
    }),
  ),
  fault('older-state', 'each notification comes a second time after the next one', ['C16'], () => {
    let older = ''
    return {
      onLine(line, _, link) {
        if (!line.includes('"method":"game.changed"')) return false
        link.send(line)
        if (older !== '') link.send(older)
        older = line
        return true
      },
    }
  }),
  fault(
    'outcome-unknown',
    'the move is made, and the answer is outcome-unknown',
    ['C12'],
    atAnswer((_, request, link) => unknownOutcome(request, link)),
  ),
  fault('unavailable', 'the move is refused as unavailable', ['C12'], atMove(refusal('unavailable'))),
  {
    ...fault(
      'rate-limited',
      `the move is refused as rate-limited for ${waitMs} ms`,
      ['C12', 'S17'],
      atMove(refusal('rate-limited', { retryAfterMs: waitMs })),
    ),
    leastWaitMs: waitMs,
  },
  fault('stale', 'the move is refused as stale, without the view', ['C19'], atMove(refusal('stale'))),
  {
    ...fault(
      'closing',
      `the server goes away and says to come back after ${waitMs} ms`,
      ['C5'],
      atMove((_, link) => {
        link.tell({ jsonrpc: '2.0', method: 'server.closing', params: { reason: 'restart', reconnectInMs: waitMs } })
        link.cut()
        return true
      }),
    ),
    leastWaitMs: waitMs,
  },
  fault(
    'silence',
    'the move arrives, and then nothing: the connection stays open without a heartbeat',
    ['C4', 'W10'],
    atAnswer((_, __, link) => {
      link.mute()
      return true
    }),
  ),
  fault(
    'restart',
    `the server is gone for ${waitMs} ms`,
    ['C1', 'C2', 'C10'],
    atAnswer((_, __, link) => {
      link.cut()
      link.closeFor(waitMs)
      return true
    }),
  ),
]
