/** A projection store in NATS streams, next to the streams of the games. A row is the last message of its subject. */
import { type Msg, type MsgHdrs, headers as makeHeaders, type NatsConnection } from '@nats-io/transport-node'
import { makeId, systemClock, systemRandom } from '../../base/index.ts'
import { JournalFault } from '../../journal/index.ts'
import {
  type MessageBatch,
  batchMessagesMax,
  directOf,
  headersOf,
  type JetStreamJournal,
  Requests,
  patiently,
  readBatch,
  silent,
  natsStatusOf,
  storedOf,
  type StoredMessage,
  unavailable,
} from '../../journal/jetstream/index.ts'
import type { GameSummary } from '../../protocol/index.ts'
import type {
  ProjectionMark,
  ProjectionStore,
  ProjectionState,
  Placed,
  ProjectionPartition,
} from '../catalog/projection-store.ts'
import { accountsOf } from '../catalog/rows.ts'
import { makeRowsNames, openRowsStream, type RowsNames } from './rows-stream.ts'

interface Parts {
  readonly connection: NatsConnection
  readonly prefix: string
  readonly partitions: readonly JetStreamJournal[]
}

/**
 * How many messages are first searched for the last rows of an account; four times as many each time that is not
 * enough.
 */
const spanMin = 1_024
/** How long a finished game stays as an empty message in the list of games with a clock. */
const goneLife = '10s'
/** How often a read is tried again if a server has not caught up, and the delay, in ms. */
const triesMax = 20
const retryMs = 50
const wrongLastSequence = new Set([10_071, 10_164])
const full = new Set([10_023, 10_047, 10_077, 10_110, 10_122])

/** Creates the streams if they do not exist. The caller owns the connection. @throws JournalFault 'unavailable' */
export async function openNatsProjectionStore({ connection, prefix, partitions }: Parts): Promise<ProjectionStore> {
  const requests = new Requests(connection, systemClock, () => undefined)
  const opened = await Promise.all(
    partitions.map(async (journal, index) => {
      const names = makeRowsNames(prefix, index)
      await openRowsStream(connection, names, journal.replicas)
      const partition = new NatsProjectionPartition(journal, names, requests)
      // A new stream has no leader yet, so the first read waits for one. Any other failure is left to the next read:
      // for example, a missing permission is reported as the reason of the failing connection.
      const absent = silent('absent').message
      const isAbsent = (cause: unknown): boolean => cause instanceof JournalFault && cause.message === absent
      await patiently(() => partition.state(), isAbsent).catch((cause: unknown) => {
        if (!(cause instanceof JournalFault)) throw cause
      })
      return partition
    }),
  )
  return { partitions: opened, close: async () => requests.close() }
}

class NatsProjectionPartition implements ProjectionPartition {
  readonly journal: JetStreamJournal
  readonly #names: RowsNames
  readonly #requests: Requests
  /** The sequence of the newest mark that was seen. Only servers that have it are read. */
  #newest = 0

  constructor(journal: JetStreamJournal, names: RowsNames, requests: Requests) {
    this.journal = journal
    this.#names = names
    this.#requests = requests
  }

  async state(): Promise<ProjectionState> {
    // Reads both at once, since an idle node does little else. So the mark may be newer than the end.
    const [mark, found] = await Promise.all([this.#findMark(), this.journal.lookForEnd()])
    return { mark, ...found }
  }

  async write(rows: readonly GameSummary[], mark: ProjectionMark, after: number): Promise<number | null> {
    const batch = makeId(systemRandom)
    let number = 0
    const headersFor = (isLast: boolean): MsgHdrs => {
      const headers = makeHeaders()
      if (isLast) headers.set('Nats-Expected-Last-Subject-Sequence', String(after))
      if (rows.length === 0) return headers
      headers.set('Nats-Batch-Id', batch)
      headers.set('Nats-Batch-Sequence', String(++number))
      if (isLast) headers.set('Nats-Batch-Commit', '1')
      return headers
    }
    for (const row of rows) {
      const text = JSON.stringify(row)
      for (const account of accountsOf(row))
        this.#requests.publish(this.#names.of(account) + row.game, text, headersFor(false))
      if (row.clock === undefined || row.status === 'open') continue
      const headers = headersFor(false)
      if (row.status === 'over') headers.set('Nats-TTL', goneLife)
      this.#requests.publish(this.#names.clocked + row.game, row.status === 'over' ? '' : text, headers)
    }
    const answer = await this.#send(this.#names.mark, JSON.stringify(mark), headersFor(true))
    const { seq = 0, error } = answer.json<{
      readonly seq?: number
      readonly error?: { readonly err_code?: number; readonly description?: string }
    }>()
    if (error === undefined) return (this.#newest = Math.max(this.#newest, seq))
    const { err_code: code = 0, description = '' } = error
    if (wrongLastSequence.has(code)) return null
    throw new JournalFault(full.has(code) ? 'storage-full' : 'unavailable', `rows cannot be written: ${description}`)
  }

  async forget(before: number): Promise<void> {
    const answer = await this.#requests.ask(
      `$JS.API.STREAM.PURGE.${this.#names.stream}`,
      JSON.stringify({ seq: before }),
    )
    if (typeof answer === 'string') throw silent(answer)
    const { error } = answer.json<{ readonly error?: { readonly description?: string } }>()
    if (error !== undefined) throw unavailable(`old rows cannot be deleted: ${error.description ?? ''}`)
  }

  async latest(account: string, before: number, count: number): Promise<readonly Placed[]> {
    const filter = `${this.#names.of(account)}*`
    const end = Math.min(before - 1, this.#newest)
    for (let span = spanMin; ; span *= 4) {
      const from = Math.max(1, end - span + 1)
      const found = await this.#rows(filter, from, end, count)
      if (found.length >= count || from === 1) return found.slice(-count).toReversed()
    }
  }

  async clocked(after: number, count: number): Promise<readonly Placed[]> {
    const found: Placed[] = []
    for (let from = after + 1; found.length < count;) {
      const { messages, isLast } = await this.#batch(`${this.#names.clocked}*`, from)
      for (const message of messages) if (message.body !== '') found.push(parseRow(message))
      from = (messages.at(-1)?.sequence ?? from) + 1
      if (isLast || messages.length === 0) break
    }
    return found.slice(0, count)
  }

  /** The last rows of a subject between two sequences: the newest `count`, or some more. */
  async #rows(filter: string, from: number, end: number, count: number): Promise<readonly Placed[]> {
    const found: Placed[] = []
    for (let next = from; next <= end;) {
      const { messages, isLast } = await this.#batch(filter, next)
      for (const message of messages) if (message.sequence <= end) found.push(parseRow(message))
      if (found.length > 2 * count) found.splice(0, found.length - count)
      next = (messages.at(-1)?.sequence ?? end) + 1
      if (isLast) break
    }
    return found
  }

  /** Reads from a server that has the newest mark. Tries again if a server has not caught up. */
  async #batch(filter: string, from: number): Promise<MessageBatch<StoredMessage>> {
    const query = { seq: from, next_by_subj: filter, batch: batchMessagesMax }
    for (let tries = 0; tries < triesMax; tries++) {
      const batch = await readBatch(this.#requests, this.#names.stream, query, (message) => message)
      // Infinity if there was nothing at all.
      if (batch.upTo >= this.#newest) return batch
      await new Promise<void>((resolve) => void systemClock.after(retryMs, resolve))
    }
    throw unavailable('the servers that hold the rows have not caught up: try again')
  }

  async #findMark(): Promise<ProjectionState['mark']> {
    const query = JSON.stringify({ last_by_subj: this.#names.mark })
    const answer = await this.#requests.ask(directOf(this.#names.stream), query)
    if (typeof answer === 'string') throw silent(answer)
    const status = natsStatusOf(headersOf(answer))
    if (status === 404) return null
    if (status !== 0) throw unavailable(`the servers answer a read with ${status}`)
    const { sequence, body } = storedOf(answer)
    this.#newest = Math.max(this.#newest, sequence)
    return { ...(JSON.parse(body) as ProjectionMark), token: sequence }
  }

  async #send(subject: string, payload: string, headers: MsgHdrs): Promise<Msg> {
    return new Promise((resolve, reject) =>
      this.#requests.send({
        subject,
        payload,
        headers,
        answer: (message) => {
          resolve(message)
          return true
        },
        failed: (why) => reject(silent(why)),
      }),
    )
  }
}

function parseRow({ sequence, body }: StoredMessage): Placed {
  return { place: sequence, row: JSON.parse(body) as GameSummary }
}
