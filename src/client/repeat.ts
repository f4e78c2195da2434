/** Which requests may be sent again when their answer got lost. */
import type { MethodName } from '../protocol/methods.ts'

/**
 * read: changes nothing, so it is repeated. command: changes something, and a repeat finds that it is done. once: may
 * be done twice if repeated, so it is not, unless the server surely did not do it. connection: concerns the connection
 * only, and is forgotten with it.
 */
export type Repeat = 'read' | 'command' | 'once' | 'connection'

/** Commands that a repeat finds done, whatever they carry; `game.create` because the client chooses the id. */
const safe: ReadonlySet<MethodName> = new Set(['game.create', 'game.join', 'hello'] as const)
/** Commands that are safe to repeat when they name the version they were decided at. */
const versioned: ReadonlySet<MethodName> = new Set([
  'game.move',
  'game.resign',
  'game.offer',
  'game.answer',
  'game.restart',
] as const)

/** Whether it was decided on a board, which has to be there for it to mean anything. */
export function isDecided(method: string, params: object): boolean {
  return versioned.has(method as MethodName) || 'version' in params
}

export function repeatOf(method: MethodName, params: object): Repeat {
  // A wish is known by its key.
  if (method === 'lobby.play') return 'key' in params ? 'command' : 'once'
  if (versioned.has(method)) return 'version' in params && params.version !== undefined ? 'command' : 'once'
  return safe.has(method) ? 'command' : 'read'
}
