/** Reads messages of the stream: those of one game, or of all games in their order. */
import type { Msg } from '@nats-io/transport-node'
import type { Clock } from '../../base/index.ts'
import { type GameId, JournalFault } from '../journal.ts'
import { answerMsMax, batchMessagesMax, retryMs, singleReadsMax } from './limits.ts'
import type { Mailbox, Silence } from './mailbox.ts'
import { findHeader, headersOf, type Message, parseMessage, statusOf, textOf } from './message.ts'
import type { Names } from './names.ts'

export interface ReaderOptions {
  readonly mailbox: Mailbox
  readonly names: Names
  readonly clock: Clock
  /** Whether the servers answer one request with many messages (2.11). */
  readonly hasBatches: boolean
  /** More than one: a read may be answered by a server that is behind. */
  readonly replicas: number
}

/** A message of the stream as JSON, or why there is none. */
interface StoredAnswer {
  readonly message?: { readonly subject: string; readonly seq: number; readonly hdrs?: string; readonly data?: string }
  readonly error?: { readonly err_code: number; readonly description: string }
}

const noMessageFound = 10_037

export class Reader {
  readonly #options: ReaderOptions
  readonly #direct: string
  readonly #leader: string

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#direct = `$JS.API.DIRECT.GET.${options.names.stream}`
    this.#leader = `$JS.API.STREAM.MSG.GET.${options.names.stream}`
  }

  /**
   * The messages of a game from sequence `from` on: at least up to `known`, and up to what the leader has now. While
   * no leader can be asked, what is there behind `known`, unless it must be the newest.
   * @throws JournalFault 'unavailable'
   */
  async game(game: GameId, from: number, known: number, mustBeNewest = false): Promise<readonly Message[]> {
    const { names, hasBatches, replicas } = this.#options
    const subject = names.subjectOf(game)
    if (!hasBatches) return this.#oneByOne(subject, from, known)
    const [newest, messages] = await Promise.all([
      replicas === 1 ? null : this.#newest(subject),
      this.#batches(subject, from),
    ])
    // A server that is behind may not have heard of the game: that there is none only the leader can say.
    if (newest === null && replicas > 1 && (mustBeNewest || (from === 1 && messages.length === 0)))
      throw unavailable('the stream of the games has no leader now, and what is newest is not known here')
    const end = Math.max(known, newest ?? 0)
    const last = messages.at(-1)?.sequence ?? from - 1
    if (last >= end) return messages
    return [...messages, ...(await this.#oneByOne(subject, last + 1, end))]
  }

  /** The next messages of all games behind `after`, none missing between them; none if a server that is behind was asked. */
  async page(after: number): Promise<readonly Message[]> {
    const { names, hasBatches } = this.#options
    const page = hasBatches ? await this.#batch(names.games, after + 1) : await this.#singles(after + 1)
    const messages = 'messages' in page ? page.messages : page
    const missing = messages.findIndex(({ sequence }, index) => sequence !== after + 1 + index)
    if (missing >= 0) throw new JournalFault('corrupt', `message ${after + 1 + missing} of ${names.stream} is missing`)
    return messages
  }

  /** Sequence of the game's last message as the leader has it, 0 for none; null while there is no leader. */
  async #newest(subject: string): Promise<number | null> {
    const answer = await this.#options.mailbox.ask(this.#leader, JSON.stringify({ last_by_subj: subject }))
    if (typeof answer === 'string') return null
    const { message, error } = answer.json<StoredAnswer>()
    return message?.seq ?? (error?.err_code === noMessageFound ? 0 : null)
  }

  async #batches(subject: string, from: number): Promise<readonly Message[]> {
    const all: Message[] = []
    for (let next = from; ;) {
      const { messages, isLast } = await this.#batch(subject, next)
      all.push(...messages)
      const last = messages.at(-1)
      if (isLast || last === undefined) return all
      next = last.sequence + 1
    }
  }

  /** @throws JournalFault 'unavailable' */
  #batch(subject: string, from: number): Promise<{ readonly messages: readonly Message[]; readonly isLast: boolean }> {
    const { mailbox } = this.#options
    const payload = JSON.stringify({ seq: from, next_by_subj: subject, batch: batchMessagesMax })
    return new Promise((resolve, reject) => {
      const messages: Message[] = []
      let pending = 0
      const answer = (message: Msg): boolean => {
        const headers = headersOf(message)
        const code = statusOf(headers)
        try {
          if (code === 0) {
            pending = Number(findHeader(headers, 'Nats-Num-Pending') ?? 0)
            messages.push(this.#parse(message, headers))
            return false
          }
          if (code === 204 || code === 404) resolve({ messages, isLast: pending === 0 })
          else reject(unavailable(`the servers answer a read with ${code} ${message.headers?.description ?? ''}`))
        } catch (cause) {
          reject(cause)
        }
        return true
      }
      mailbox.send({ subject: this.#direct, payload, answer, silence: (why) => reject(silent(why)) })
    })
  }

  #parse(message: Msg, headers: string): Message {
    return parseMessage({
      sequence: Number(findHeader(headers, 'Nats-Sequence')),
      game: this.#options.names.gameOf(findHeader(headers, 'Nats-Subject') ?? ''),
      headers,
      body: textOf(message),
    })
  }

  /** From the leader, which nobody is ahead of; until there is none, and `end` is reached. */
  async #oneByOne(subject: string, from: number, end: number): Promise<readonly Message[]> {
    const { clock } = this.#options
    const messages: Message[] = []
    const late = clock.now() + answerMsMax
    for (let next = from; ;) {
      const message = await this.#stored({ seq: next, next_by_subj: subject })
      if (message === null) {
        if (next > end) return messages
        if (clock.now() >= late) throw unavailable(`the leader of the stream does not have message ${end} yet`)
        await new Promise<void>((resolve) => void clock.after(retryMs, resolve))
        continue
      }
      messages.push(message)
      next = message.sequence + 1
    }
  }

  async #singles(from: number): Promise<readonly Message[]> {
    const asked = Array.from({ length: singleReadsMax }, (_, index) => this.#stored({ seq: from + index }))
    const found = await Promise.all(asked)
    const end = found.indexOf(null)
    return (end < 0 ? found : found.slice(0, end)).filter((message) => message !== null)
  }

  async #stored(query: object): Promise<Message | null> {
    const { mailbox, names } = this.#options
    const answer = await mailbox.ask(this.#leader, JSON.stringify(query))
    if (typeof answer === 'string') throw silent(answer)
    const { message, error } = answer.json<StoredAnswer>()
    if (message === undefined) {
      if (error?.err_code === noMessageFound) return null
      throw unavailable(`the servers answer a read with: ${error?.description ?? 'nothing'}`)
    }
    return parseMessage({
      sequence: message.seq,
      game: names.gameOf(message.subject),
      headers: Buffer.from(message.hdrs ?? '', 'base64').toString(),
      body: Buffer.from(message.data ?? '', 'base64').toString(),
    })
  }
}

function unavailable(message: string): JournalFault {
  return new JournalFault('unavailable', message)
}

function silent(why: Silence): JournalFault {
  const reasons = {
    unsent: 'there is no connection to a NATS server',
    absent: 'no NATS server has the stream now',
    lost: 'the NATS servers did not answer in time',
  } as const
  return unavailable(reasons[why])
}
