/** Which requests may be sent again when their answer was lost. */
import type { MethodName } from '../protocol/index.ts'

/**
 * read: changes nothing, so it is repeated. command: changes state, but a repeat is idempotent. once: a repeat could
 * execute
 * it twice, so it is repeated only if the server certainly did not execute it. connection: concerns the connection
 * only,
 * and is dropped with it.
 */
export type Repeat = 'read' | 'command' | 'once' | 'connection'

/** Commands that are idempotent with any parameters; `game.create` because the client chooses the id. */
const safe: ReadonlySet<MethodName> = new Set(['game.create', 'game.join', 'hello'] as const)
/** Commands that are safe to repeat when they name the version they were decided at. */
const versioned: ReadonlySet<MethodName> = new Set([
  'game.move',
  'game.resign',
  'game.offer',
  'game.answer',
  'game.restart',
] as const)

/** Whether the request was decided on a board: it is meaningless in another history. */
export function isDecided(method: string, params: object): boolean {
  return versioned.has(method as MethodName) || 'version' in params
}

export function repeatOf(method: MethodName, params: object): Repeat {
  // The server recognizes a repeated wish by its key.
  if (method === 'lobby.play') return 'key' in params ? 'command' : 'once'
  if (method === 'game.say') return 'once'
  if (versioned.has(method)) return 'version' in params && params.version !== undefined ? 'command' : 'once'
  return safe.has(method) ? 'command' : 'read'
}
