/** One command on its way through an arbiter, and the reply that its sender waits for. */
import {
  type Accepted,
  type Account,
  type Command,
  type Event,
  type Game,
  isClockRunning,
  type Player,
  players,
  type Rejection,
} from '../../game/index.ts'
import type { GameView } from '../../protocol/index.ts'
import type { Listener } from '../audience/audience.ts'
import { noReply, type Reply } from '../sessions/reply.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface PendingCommand {
  readonly command: Command
  readonly reply: Reply
  /** The session that sent the command: it gets the answer, not the notification. Null: the server itself. */
  readonly from: Listener | null
  /** Whether `from` watches the game from now on. */
  readonly listens: boolean
  /** When it was received, on the monotonic clock; absent where it makes no difference. */
  readonly heardAt?: number
}

/** Makes a command that the server itself submits. */
export function makeServerCommand(command: Command, reply: Reply = noReply): PendingCommand {
  return { command, reply, from: null, listens: false }
}

/**
 * The log fields of a stored event. `account` is null for a stranger at an open board; `address` is absent for the
 * server itself.
 */
export function makeLogFields(
  { id, version }: { readonly id: string; readonly version: number },
  event: Event,
  pending: PendingCommand,
): object {
  const { command, from } = pending
  const account = 'account' in command ? command.account.id : 'by' in command ? command.by : null
  return { game: id, version, event: event.type, account, address: from?.address }
}

/** What an arbiter knows about its game. */
export interface Completing {
  readonly id: string
  readonly stopwatch: Stopwatch
  /** The address of a connection with which the account watches the game; null if there is none. */
  addressOf(account: string): string | null
}

/**
 * Completes the command with what only the arbiter knows: the time that has passed, and a placeholder for the id of a
 * rematch, which is only made when the rematch is accepted.
 */
export function complete(pending: PendingCommand, game: Game | null, arbiter: Completing, now: number): Command {
  const { command } = pending
  if (game === null || command.type === 'create') return command
  if ('what' in command && command.what === 'rematch') return { ...command, next: arbiter.id }
  if (command.type === 'join')
    return game.clock === null ? command : { ...command, ...awaitedIn(game, command.account, arbiter) }
  return isClockRunning(game) ? { ...command, elapsedMs: arbiter.stopwatch.chargeMs(game, pending, now) } : command
}

/** The seats whose owners are people other than `id` and are not connected to the game. */
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

/** Refuses a command that came after a flag fell: the fall was stored instead, so a repeat is refused too. */
export function refusalOfLate(command: Command, { last }: GameView): Rejection | null {
  if (!('by' in command) || last?.type !== 'flagged') return null
  const message = command.type === 'move' ? 'your time was over' : `the time of ${last.player} was over`
  return { name: 'game-over', message }
}
