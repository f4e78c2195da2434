/** What `decide` answers: values, never exceptions. */
import type { Event } from './event.ts'

/** Why the rules say no. Each is an entry of the wire's error table, under the same name. */
export const rejections = [
  'not-your-seat',
  'stale',
  'not-your-turn',
  'seat-taken',
  'id-taken',
  'cell-taken',
  'game-over',
  'not-over',
  'not-started',
  'no-offer',
  'off-board',
  'bad-rules',
  'no-such-game',
  'too-many',
] as const
export type RejectionName = (typeof rejections)[number]

export interface Rejection {
  readonly name: RejectionName
  /** One sentence for a person, naming what was asked: "it is O's move". */
  readonly message: string
  /** Of 'too-many'. */
  readonly limit?: number
}

export type Decision =
  /** The event that follows; to be stored as the next entry. */
  | { readonly type: 'event'; readonly event: Event }
  /** The game's last event is what this command led to: a repeat. Nothing is to be stored. */
  | { readonly type: 'done' }
  | { readonly type: 'rejected'; readonly rejection: Rejection }

export const done: Decision = { type: 'done' }

export function happened(event: Event): Decision {
  return { type: 'event', event }
}

export function refuse(name: RejectionName, message: string): Rejection {
  return { name, message }
}

export function rejected(rejection: Rejection): Decision {
  return { type: 'rejected', rejection }
}
