/**
 * The body of a journal entry: an event and the time of its decision, as JSON without white space, with the members in
 * the order given here. The hash chain covers this text. The `at` and `event` of a record reproduce it exactly.
 */
import type { Event } from '../game/index.ts'

export interface Stored {
  /**
   * When the event was decided, in whole ms since 1970. While a clock runs, the `elapsedMs` of an event is the time since
   * the `at` of the previous event; only a move may be charged less.
   */
  readonly at: number
  readonly event: Event
}

export function makeBody(at: number, event: Event): string {
  return `{"at":${at},"event":${JSON.stringify(event)}}`
}

/** An entry of a record as JSON: the version, the members of the body unchanged [P7], and the chain. */
export function makeRecordEntry(entry: {
  readonly version: number
  readonly body: string
  readonly chain: string
}): string {
  const { version, body, chain } = entry
  return `{"version":${version},${body.slice(1, -1)},"chain":"${chain}"}`
}

/** Reads the output of {@link makeBody}. The body is not validated: the chain of the journal protects it. */
export function parseBody(body: string): Stored {
  return JSON.parse(body) as Stored
}
