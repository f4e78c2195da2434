/** One command on its way through an arbiter, and who waits for the answer. */
import {
  type Accepted,
  type Account,
  type Command,
  type Event,
  type Game,
  isClockRunning,
  type Player,
  players,
} from '../../game/index.ts'
import type { Listener } from '../audience/audience.ts'
import { noReply, type Reply } from '../sessions/reply.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface PendingCommand {
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
export function makeServerCommand(command: Command, reply: Reply = noReply): PendingCommand {
  return { command, reply, from: null, listens: false }
}

/** For the log: who did what. Without an account: a stranger at an open board; without an address: the server itself. */
export function makeLogFields(
  { id, version }: { readonly id: string; readonly version: number },
  event: Event,
  ask: PendingCommand,
): object {
  const { command, from } = ask
  const account = 'account' in command ? command.account.id : 'by' in command ? command.by : null
  return { game: id, version, event: event.type, account, address: from?.address }
}

/** What an arbiter knows of its game. */
export interface Completing {
  readonly id: string
  readonly stopwatch: Stopwatch
  /** The address of an open connection of the account that hears of the game; null without one. */
  addressOf(account: string): string | null
}

/**
 * The command with what only its arbiter knows: the time that has passed, and that a rematch goes somewhere. Which id
 * the new game gets is known when the rematch is agreed.
 */
export function complete(ask: PendingCommand, game: Game | null, arbiter: Completing, now: number): Command {
  const { command } = ask
  if (game === null || command.type === 'create') return command
  if ('what' in command && command.what === 'rematch') return { ...command, next: arbiter.id }
  if (command.type === 'join')
    return game.clock === null ? command : { ...command, ...awaitedIn(game, command.account, arbiter) }
  return isClockRunning(game) ? { ...command, elapsedMs: arbiter.stopwatch.chargeMs(game, ask, now) } : command
}

/** Who is not there of those who already sit in the game. */
function awaitedIn({ players: seated }: Game, { id }: Account, arbiter: Completing): { awaited?: readonly Player[] } {
  const awaited = players.filter((player) => {
    const account = seated[player]
    if (account === null || account.id === id || account.bot !== undefined) return false
    return arbiter.addressOf(account.id) === null && !arbiter.stopwatch.isElsewhere(player)
  })
  return awaited.length === 0 ? {} : { awaited }
}

export function isRematch(event: Event): event is Accepted {
  return event.type === 'accepted' && event.what === 'rematch'
}

/** The version a command names; creation names 0. */
export function versionOf(command: Command): number | undefined {
  return command.type === 'create' ? 0 : command.version
}
