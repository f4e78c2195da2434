/** One command on its way through an arbiter, and who waits for the answer. */
import type { Command } from '../game/index.ts'
import type { Listener } from './audience.ts'
import { noReply, type Reply } from './reply.ts'

export interface Ask {
  readonly command: Command
  readonly reply: Reply
  /** The session that asks: it gets the answer and not the notification as well. Null: the server itself. */
  readonly from: Listener | null
  /** Whether `from` hears of the game from now on. */
  readonly listens: boolean
}

/** A command of the server's own. */
export function ownAsk(command: Command, reply: Reply = noReply): Ask {
  return { command, reply, from: null, listens: false }
}
