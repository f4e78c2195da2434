/** Reads many messages of a stream with one request. Any server that has a copy may answer. */
import type { Msg } from '@nats-io/transport-node'
import { JournalFault } from '../journal.ts'
import type { Requests, NoAnswer } from './requests.ts'
import { findHeader, headersOf, natsStatusOf, payloadText } from './message.ts'

/** A message as it was stored. */
export interface StoredMessage {
  readonly sequence: number
  readonly subject: string
  /** See {@link headersOf}. */
  readonly headers: string
  readonly body: string
}

export interface MessageBatch<Each> {
  readonly messages: readonly Each[]
  /** There are no more messages after these. */
  readonly isLast: boolean
  /** The last sequence that the answering server had; Infinity: the server did not say. */
  readonly upTo: number
}

/** @param query a DIRECT.GET query for a `batch` of messages. @throws JournalFault 'unavailable' */
export function readBatch<Each>(
  requests: Requests,
  stream: string,
  query: object,
  parse: (message: StoredMessage) => Each,
): Promise<MessageBatch<Each>> {
  return new Promise((resolve, reject) => {
    const messages: Each[] = []
    let pending = 0
    const answer = (message: Msg): boolean => {
      const headers = headersOf(message)
      const code = natsStatusOf(headers)
      try {
        if (code === 0) {
          pending = Number(findHeader(headers, 'Nats-Num-Pending') ?? 0)
          messages.push(parse(storedOf(message, headers)))
          return false
        }
        const upTo = Number(findHeader(headers, 'Nats-UpTo-Sequence') ?? Infinity)
        if (code === 204 || code === 404) resolve({ messages, isLast: pending === 0, upTo })
        else reject(unavailable(`the servers answer a read with ${code} ${message.headers?.description ?? ''}`))
      } catch (cause) {
        reject(cause)
      }
      return true
    }
    const payload = JSON.stringify(query)
    requests.send({ subject: directOf(stream), payload, answer, failed: (why) => reject(silent(why)) })
  })
}

/** The subject of reads that any server with a copy answers. */
export const directOf = (stream: string): string => `$JS.API.DIRECT.GET.${stream}`

export function storedOf(message: Msg, headers = headersOf(message)): StoredMessage {
  return {
    sequence: Number(findHeader(headers, 'Nats-Sequence')),
    subject: findHeader(headers, 'Nats-Subject') ?? '',
    headers,
    body: payloadText(message),
  }
}

export function unavailable(message: string): JournalFault {
  return new JournalFault('unavailable', message)
}

export function silent(why: NoAnswer): JournalFault {
  const reasons = {
    unsent: 'there is no connection to a NATS server',
    absent: 'no NATS server has the stream now',
    lost: 'the NATS servers did not answer in time',
  } as const
  return unavailable(reasons[why])
}
