/** Hears a subject of NATS, or fails with a sentence where this node may not. */
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { JournalFault } from '../journal.ts'
import { makeDenied } from './permissions.ts'

/** `fail` is called where the servers do not let this node hear the subject, at once or from some time on. */
export function subscribe(
  connection: NatsConnection,
  subject: string,
  hear: (message: Msg) => void,
  fail: (fault: JournalFault) => void,
): Subscription {
  return connection.subscribe(subject, {
    // What comes with an error is no message.
    callback: (error, message) => (error === null ? hear(message) : fail(makeDenied('hear', subject, error))),
  })
}
