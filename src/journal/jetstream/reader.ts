/** Reads messages of the stream: those of one game, or of all games in their order. */
import type { Msg } from '@nats-io/transport-node'
import type { Clock } from '../../base/index.ts'
import { type GameId, JournalFault } from '../journal.ts'
import { answerMsMax, batchMessagesMax, retryMs, singleReadsMax, spanMin } from './limits.ts'
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

export interface GameQuery {
  readonly game: GameId
  /** Sequences: of the first message that may be of interest, and of one that is known to be there. */
  readonly from: number
  readonly known: number
  readonly mustBeNewest?: boolean
}

/** Whether it wants more. */
type Take = (message: Message) => boolean

export interface LastMessages {
  readonly messages: readonly Message[]
  /** They begin with the first message of the game. */
  readonly isWhole: boolean
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
   * Gives `take` the messages of a game from sequence `from` on, in their order, until it has enough: at least up to
   * `known`, and up to what the leader has now. While no leader can be asked, what is there behind `known`, unless it
   * must be the newest.
   * @throws JournalFault 'unavailable'
   */
  async game({ game, from, known, mustBeNewest = false }: GameQuery, take: Take): Promise<void> {
    const { names, hasBatches, replicas } = this.#options
    const subject = names.subjectOf(game)
    if (!hasBatches) return this.#oneByOne(subject, from, known, take)
    const [newest, last] = await Promise.all([
      replicas === 1 ? null : this.#newest(subject),
      this.#batches(subject, from, take),
    ])
    if (last === 'enough') return
    // A server that is behind may not have heard of the game: that there is none only the leader can say.
    if (newest === null && replicas > 1 && (mustBeNewest || last === 0))
      throw unavailable('the stream of the games has no leader now, and what is newest is not known here')
    const end = Math.max(known, newest ?? 0)
    if (last < end) await this.#oneByOne(subject, last + 1, end, take)
  }

  /**
   * The last messages of a game with a sequence of at most `until` (null: all there are), in their order: `count` of
   * them, or all that it has. Null where the end is not known now, or the servers do not read in batches.
   * @throws JournalFault 'unavailable'
   */
  async last(game: GameId, until: number | null, count: number): Promise<LastMessages | null> {
    const subject = this.#options.names.subjectOf(game)
    const end = this.#options.hasBatches ? (until ?? (await this.#newest(subject))) : null
    if (end === null) return null
    for (let span = spanMin; ; span *= 2) {
      const from = Math.max(1, end - span + 1)
      const messages: Message[] = []
      let isReached = end === 0
      await this.#batches(subject, from, (message) => {
        isReached ||= message.sequence >= end
        if (message.sequence > end) return false
        messages.push(message)
        if (messages.length > 2 * count) messages.splice(0, count)
        return !isReached
      })
      // A server that is behind was asked.
      if (!isReached) return null
      if (messages.length >= count || from === 1)
        return { messages: messages.slice(-count), isWhole: from === 1 && messages.length <= count }
    }
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

  /** The sequence of the last message, `from - 1` if there was none; or that `take` has enough. */
  async #batches(subject: string, from: number, take: Take): Promise<number | 'enough'> {
    for (let last = from - 1; ;) {
      const { messages, isLast } = await this.#batch(subject, last + 1)
      for (const message of messages) if (!take(message)) return 'enough'
      last = messages.at(-1)?.sequence ?? last
      if (isLast || messages.length === 0) return last
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
  async #oneByOne(subject: string, from: number, end: number, take: Take): Promise<void> {
    const { clock } = this.#options
    const late = clock.now() + answerMsMax
    for (let next = from; ;) {
      const message = await this.#stored({ seq: next, next_by_subj: subject })
      if (message === null) {
        if (next > end) return
        if (clock.now() >= late) throw unavailable(`the leader of the stream does not have message ${end} yet`)
        await new Promise<void>((resolve) => void clock.after(retryMs, resolve))
        continue
      }
      if (!take(message)) return
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
