/** Reads messages of the stream, of one game or of all games, in their order. */
import { type Clock, sleep } from '../../base/index.ts'
import { type GameId, JournalFault } from '../journal.ts'
import { type MessageBatch, readBatch, silent, unavailable } from './batch.ts'
import { answerMsMax, batchMessagesMax, retryMs, singleReadsMax, spanMin } from './limits.ts'
import type { Requests } from './requests.ts'
import { type Message, parseStreamMessage } from './message.ts'
import type { Names } from './names.ts'

export interface ReaderOptions {
  readonly requests: Requests
  readonly names: Names
  readonly clock: Clock
  /** Whether the servers answer one request with many messages (2.11). */
  readonly hasBatches: boolean
  /** If more than one, a server that lags may answer a read. */
  readonly replicas: number
}

export interface GameQuery {
  readonly game: GameId
  /** Sequences of the first message to read, and of a message that is known to exist. */
  readonly from: number
  readonly known: number
  readonly mustBeNewest?: boolean
}

/** Returns whether it wants more messages. */
type Take = (message: Message) => boolean

export interface LastMessages {
  readonly messages: readonly Message[]
  /** Whether they begin with the first message of the game. */
  readonly isWhole: boolean
}

/** A message of the stream as JSON, or why there is none. */
interface StoredAnswer {
  readonly message?: { readonly subject: string; readonly seq: number; readonly hdrs?: string; readonly data?: string }
  readonly error?: { readonly err_code: number; readonly description: string }
}

const noMessageFound = 10_037

export class JetStreamReader {
  readonly #options: ReaderOptions
  readonly #leader: string

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#leader = `$JS.API.STREAM.MSG.GET.${options.names.stream}`
  }

  /**
   * Passes the messages of a game from sequence `from` on to `take`, in their order, until it returns false. Includes at least
   * all messages up to `known` and up to the end according to the leader. While no leader answers, it reads what a server has,
   * or fails if `mustBeNewest`.
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
    // A server that lags may not have the game yet: only the leader can say that a game does not exist.
    if (newest === null && replicas > 1 && (mustBeNewest || last === 0))
      throw unavailable('the stream of the games has no leader now, so the newest entry is unknown')
    const end = Math.max(known, newest ?? 0)
    if (last < end) await this.#oneByOne(subject, last + 1, end, take)
  }

  /**
   * The last messages of a game with a sequence of at most `until` (null: no limit), in their order: `count` of them, or all
   * if there are fewer. Null if the end is not known now, or the servers have no batched reads.
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
      // The server that answered lags.
      if (!isReached) return null
      if (messages.length >= count || from === 1)
        return { messages: messages.slice(-count), isWhole: from === 1 && messages.length <= count }
    }
  }

  /**
   * The next messages of all games after sequence `after`, without gaps; empty if there are none or the server that answered
   * lags. @throws JournalFault 'corrupt' if a message is missing
   */
  async page(after: number): Promise<readonly Message[]> {
    const { names, hasBatches } = this.#options
    const page = hasBatches ? await this.#batch(names.games, after + 1) : await this.#singles(after + 1)
    const messages = 'messages' in page ? page.messages : page
    const missing = messages.findIndex(({ sequence }, index) => sequence !== after + 1 + index)
    if (missing >= 0) throw new JournalFault('corrupt', `message ${after + 1 + missing} of ${names.stream} is missing`)
    return messages
  }

  /**
   * The last message of each of these games that has one. The answer contains all messages up to sequence `end`.
   * @throws JournalFault 'unavailable', also if the server that answered lags
   */
  async lastOf(games: readonly GameId[], end: number): Promise<readonly Message[]> {
    const { names, hasBatches } = this.#options
    const subjects = games.map((game) => names.subjectOf(game))
    if (!hasBatches) {
      const found = await Promise.all(subjects.map((subject) => this.#stored({ last_by_subj: subject })))
      return found.filter((message) => message !== null)
    }
    const { messages, upTo } = await this.#request({ multi_last: subjects, batch: subjects.length })
    if (upTo < end && messages.length > 0) throw unavailable('the server that answered does not have all entries yet')
    return messages
  }

  /** The sequence of the game's last message according to the leader, 0 for none; null while there is no leader. */
  async #newest(subject: string): Promise<number | null> {
    const answer = await this.#options.requests.ask(this.#leader, JSON.stringify({ last_by_subj: subject }))
    if (typeof answer === 'string') return null
    const { message, error } = answer.json<StoredAnswer>()
    return message?.seq ?? (error?.err_code === noMessageFound ? 0 : null)
  }

  /**
   * Reads batches until the end. Resolves with the sequence of the last message (`from - 1` for none), or with 'enough' if `take`
   * returned false.
   */
  async #batches(subject: string, from: number, take: Take): Promise<number | 'enough'> {
    for (let last = from - 1; ;) {
      const { messages, isLast } = await this.#batch(subject, last + 1)
      for (const message of messages) if (!take(message)) return 'enough'
      last = messages.at(-1)?.sequence ?? last
      if (isLast || messages.length === 0) return last
    }
  }

  /** @throws JournalFault 'unavailable' */
  #batch(subject: string, from: number): Promise<MessageBatch<Message>> {
    return this.#request({ seq: from, next_by_subj: subject, batch: batchMessagesMax })
  }

  /** @throws JournalFault 'unavailable' */
  #request(query: object): Promise<MessageBatch<Message>> {
    const { requests, names } = this.#options
    return readBatch(requests, names.stream, query, ({ subject, ...found }) =>
      parseStreamMessage({ ...found, game: names.gameOf(subject) }),
    )
  }

  /** Reads single messages from the leader, which is always up to date, until there are no more and `end` is reached. */
  async #oneByOne(subject: string, from: number, end: number, take: Take): Promise<void> {
    const { clock } = this.#options
    const late = clock.now() + answerMsMax
    for (let next = from; ;) {
      const message = await this.#stored({ seq: next, next_by_subj: subject })
      if (message === null) {
        if (next > end) return
        if (clock.now() >= late) throw unavailable(`the leader of the stream does not have message ${end} yet`)
        await sleep(clock, retryMs)
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
    const { requests, names } = this.#options
    const answer = await requests.ask(this.#leader, JSON.stringify(query))
    if (typeof answer === 'string') throw silent(answer)
    const { message, error } = answer.json<StoredAnswer>()
    if (message === undefined) {
      if (error?.err_code === noMessageFound) return null
      throw unavailable(`the servers answer a read with: ${error?.description ?? 'nothing'}`)
    }
    return parseStreamMessage({
      sequence: message.seq,
      game: names.gameOf(message.subject),
      headers: Buffer.from(message.hdrs ?? '', 'base64').toString(),
      body: Buffer.from(message.data ?? '', 'base64').toString(),
    })
  }
}
