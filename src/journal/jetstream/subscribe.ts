/** Subscribes to a subject of NATS and reports a missing permission. */
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { JournalFault } from '../journal.ts'
import { makeDenied } from './permissions.ts'

/** @param fail called when the servers do not allow this node the subscription, at once or later. */
export function subscribe(
  connection: NatsConnection,
  subject: string,
  handler: (message: Msg) => void,
  fail: (fault: JournalFault) => void,
): Subscription {
  return connection.subscribe(subject, {
    // With an error there is no message.
    callback: (error, message) =>
      error === null ? handler(message) : fail(makeDenied('subscribe to', subject, error)),
  })
}
