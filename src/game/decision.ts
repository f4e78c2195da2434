/** The results of `decide`: values, never exceptions. */
import type { Event } from './event.ts'

/** The reasons for a rejection. Each has a row of the same name in the error table of the protocol. */
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
  /** One sentence for a person that names the details: "it is O's move". */
  readonly message: string
  /** The limit, for 'too-many'. */
  readonly limit?: number
}

export type Decision =
  /** The event that follows. The caller appends it as the next entry. */
  | { readonly type: 'event'; readonly event: Event }
  /** A repeat: this command has already led to the last event of the game. The caller appends nothing. */
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
