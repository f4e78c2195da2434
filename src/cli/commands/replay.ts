/** Replays the events of a game: each one must be the event that the rules decide after the earlier ones. */
import { isDeepStrictEqual } from 'node:util'
import { type Command, decide, type Event, evolve, type Game } from '../../game/index.ts'

/** The first event that the rules do not allow, and why. */
export interface Illegal {
  readonly version: number
  readonly reason: string
}

/** Returns the game after all events, or the first illegal event. */
export function replay(events: readonly Event[]): Game | Illegal {
  let game: Game | null = null
  for (const [index, event] of events.entries()) {
    const next = step(game, event)
    if (typeof next === 'string') return { version: index + 1, reason: next }
    game = next
  }
  return game ?? { version: 1, reason: 'a game begins with its creation' }
}

/** Returns the game after the event, or why the event is illegal. */
function step(game: Game | null, event: Event): Game | string {
  try {
    return whyNot(game, event) ?? evolve(game, event)
  } catch (cause) {
    // A record comes from an untrusted source: an event may lack required members.
    if (cause instanceof TypeError) return 'its event is incomplete'
    throw cause
  }
}

function whyNot(game: Game | null, event: Event): string | null {
  const command = commandOf(game, event)
  if (command === null) return `there is no event ${JSON.stringify(event.type)}`
  const decision = decide(game, command)
  if (decision.type === 'rejected') return decision.rejection.message
  if (decision.type === 'done') return 'it changes nothing'
  return isSame(decision.event, event) ? null : `the rules decide ${JSON.stringify(decision.event)} instead`
}

/** The command that leads to `event`; null for an unknown event type. */
function commandOf(game: Game | null, event: Event): Command | null {
  switch (event.type) {
    case 'created':
      return { ...event, type: 'create' }
    case 'joined':
      return { ...event, type: 'join' }
    case 'restarted':
      return { ...event, type: 'restart', by: null }
    case 'flagged':
      return { ...timeOf(event), type: 'flag' }
    case 'abandoned':
      return { ...timeOf(event), type: 'abandon' }
    case 'moved':
      return { ...event, type: 'move', by: ownerOf(game, event) }
    case 'withdrawn':
      return {
        type: 'resign',
        by: event.player === undefined ? (game?.by ?? null) : ownerOf(game, { player: event.player }),
      }
    case 'resigned':
      return { ...event, type: 'resign', by: ownerOf(game, event) }
    case 'offered':
      return { ...event, type: 'offer', by: ownerOf(game, event) }
    case 'accepted':
      return { ...event, type: 'answer', accept: true, by: ownerOf(game, event) }
    case 'declined':
      return { ...event, type: 'answer', accept: false, by: ownerOf(game, event) }
    default:
      return null
  }
}

function ownerOf(game: Game | null, { player }: { readonly player: 'X' | 'O' }): string | null {
  return game?.players[player]?.id ?? null
}

function timeOf({ elapsedMs }: { readonly elapsedMs?: number }): { readonly elapsedMs?: number } {
  return elapsedMs === undefined ? {} : { elapsedMs }
}

/** Compares as JSON, which omits undefined members. */
function isSame(a: Event, b: Event): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)))
}
