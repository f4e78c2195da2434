/**
 * This node's replica of one game, compared with the journal, as a pure step function: a replica and an input give the next
 * replica and the effects that its owner carries out. `replica.test.ts` has a line for each phase and input.
 */
import type { Game } from '../../game/index.ts'

/**
 * - `unread`: the journal must be read before the replica is used. So it begins, and so it is after a failure.
 * - `reading`: the journal is being read. `rereading`: again, for entries that were reported meanwhile.
 * - `current`: it is as new as the last read; the next command may be decided against it.
 * - `busy`: a command that was decided against it is being stored, or waits for the journal to be read.
 */
export type Phase = 'unread' | 'reading' | 'rereading' | 'current' | 'busy'

export interface Replica {
  readonly phase: Phase
  /** The durable state; null if the journal had no such game. */
  readonly game: Game | null
  /** The newest version that the journal has reported; it may be newer than `game`. */
  readonly newest: number
}

export type Input =
  /** A command or a read needs the game. */
  | 'needed'
  /** The journal holds entry `version`. */
  | { readonly type: 'reported'; readonly version: number }
  /** The next entry has changed the game: this node's own, a reported one, or one that was read. */
  | { readonly type: 'applied'; readonly game: Game }
  /** The journal has been read to its end. */
  | 'readEnded'
  /** A read or an append has failed: what the journal holds is uncertain. */
  | 'failed'
  /** A command takes the replica: its event is appended, or the journal is read for it. */
  | 'taken'
  /** That append, or the read for that command, has ended. */
  | 'freed'
  /** That command has been answered, or has taken the replica again. */
  | 'handled'
  /** The delay of the effect `retryLater` is over. */
  | 'retryDue'

/**
 * - `startRead`: read the entries after the game's version, apply them, then step with `readEnded` or `failed`.
 * - `run`: decide the waiting commands.
 * - `retryLater`: step with `retryDue` after a delay.
 */
export type Effect = 'startRead' | 'run' | 'retryLater'

export interface Transition {
  readonly replica: Replica
  /** In this order. */
  readonly effects: readonly Effect[]
}

/** A replica of which nothing is known. */
export const unreadReplica: Replica = { phase: 'unread', game: null, newest: 0 }

/** The version of the game; 0 if there is none. */
export function versionIn({ game }: Replica): number {
  return game?.version ?? 0
}

/** True if the journal holds newer entries than the replica. */
export function isOutdated(replica: Replica): boolean {
  return replica.newest > versionIn(replica)
}

/** True if the game can be shown without reading the journal. */
export function isKnown({ phase, game }: Replica): boolean {
  return game !== null && (phase === 'current' || phase === 'busy')
}

/** True if a reported entry of this version can be applied at once. */
export function canApply(replica: Replica, version: number): boolean {
  return replica.phase === 'current' && version === versionIn(replica) + 1
}

/** @param isWanted somebody watches the game, or a command waits for it. */
export function step(replica: Replica, input: Input, isWanted: boolean): Transition {
  const { phase, game } = replica
  if (typeof input !== 'string')
    return input.type === 'applied'
      ? stay({ phase, game: input.game, newest: replica.newest })
      : note(replica, input.version, isWanted)
  switch (input) {
    case 'needed':
      // "No such game" is never kept: another node may create it at any moment.
      return phase === 'unread' || (phase === 'current' && game === null) ? begin(replica, 'reading') : stay(replica)
    case 'readEnded':
      if (phase === 'reading' && isOutdated(replica)) return begin(replica, 'rereading')
      // The storage server that was read may not have what was reported yet.
      return isReading(phase) ? enter(replica, 'current', isOutdated(replica) ? retryAndRun : run) : stay(replica)
    case 'failed':
      return isReading(phase) ? enter(replica, 'unread', retry) : distrust(replica, isWanted)
    case 'taken':
      return enter(replica, 'busy', none)
    case 'freed':
      return enter(replica, 'current', none)
    case 'handled':
      if (phase !== 'current') return stay(replica)
      return isOutdated(replica) ? distrust(replica, isWanted) : { replica, effects: run }
    case 'retryDue':
      return phase === 'unread' || (phase === 'current' && isOutdated(replica))
        ? distrust(replica, isWanted)
        : stay(replica)
  }
}

const none: readonly Effect[] = []
const run: readonly Effect[] = ['run']
const retry: readonly Effect[] = ['retryLater']
const read: readonly Effect[] = ['startRead']
const retryAndRun: readonly Effect[] = ['retryLater', 'run']

function isReading(phase: Phase): boolean {
  return phase === 'reading' || phase === 'rereading'
}

function stay(replica: Replica): Transition {
  return { replica, effects: none }
}

function enter({ game, newest }: Replica, phase: Phase, effects: readonly Effect[]): Transition {
  return { replica: { phase, game, newest }, effects }
}

function begin(replica: Replica, phase: 'reading' | 'rereading'): Transition {
  return enter(replica, phase, read)
}

/** The journal holds entry `version`. */
function note(replica: Replica, version: number, isWanted: boolean): Transition {
  if (version <= versionIn(replica)) return stay(replica)
  const { phase, game, newest } = replica
  const noted = { phase, game, newest: Math.max(newest, version) }
  return phase === 'current' || phase === 'unread' ? distrust(noted, isWanted) : stay(noted)
}

/** The replica may be wrong: it is read now if somebody waits for it, else when it is needed. */
function distrust(replica: Replica, isWanted: boolean): Transition {
  return isWanted ? begin(replica, 'reading') : enter(replica, 'unread', none)
}
