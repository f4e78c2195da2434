/** One command on its way through an arbiter, and who waits for the answer. */
import { type Accepted, type Command, type Event, type Game, isClockRunning } from '../game/index.ts'
import type { Listener } from './audience.ts'
import { noReply, type Reply } from './reply.ts'

export interface Ask {
  readonly command: Command
  readonly reply: Reply
  /** The session that asks: it gets the answer and not the notification as well. Null: the server itself. */
  readonly from: Listener | null
  /** Whether `from` hears of the game from now on. */
  readonly listens: boolean
  /** When it was heard, on the monotonic clock; absent where it makes no difference. */
  readonly heardAt?: number
}

/** A command of the server's own. */
export function ownAsk(command: Command, reply: Reply = noReply): Ask {
  return { command, reply, from: null, listens: false }
}

/**
 * The command with what only its arbiter knows: the time that has passed, and that a rematch goes somewhere. Which id
 * the new game gets is known when the rematch is agreed.
 */
export function complete({ command }: Ask, game: Game | null, id: string, elapsedMs: () => number): Command {
  if (game === null || command.type === 'create') return command
  if ('what' in command && command.what === 'rematch') return { ...command, next: id }
  return isClockRunning(game) ? { ...command, elapsedMs: elapsedMs() } : command
}

export function isRematch(event: Event): event is Accepted {
  return event.type === 'accepted' && event.what === 'rematch'
}

/** The version a command names; creation names 0. */
export function versionOf(command: Command): number | undefined {
  return command.type === 'create' ? 0 : command.version
}
