/** One connection of the text protocol: lines in, replies in the same order, and pushed boards in between. */
import { BoundedQueue } from '../../base/index.ts'
import {
  type GameView,
  limits,
  makePushed,
  makeRefusal,
  makeSaid,
  makeTextPush,
  makeTextReply,
} from '../../protocol/index.ts'
import type { AnyNotification, Connection, Session } from '../../service/index.ts'
import type { GatewayContext } from '../shared.ts'
import { TextCommands } from './text-commands.ts'

/** The connection that carries the text. It ends each message with LF. */
export interface TextTransport extends Required<Pick<Connection, 'address' | 'send' | 'whenSent' | 'close'>> {
  /** Queues a text. Of several with the same key, a slow reader gets the newest only. */
  sendNewest(key: string, text: string): void
}

export interface TextDialogueOptions {
  readonly host: Pick<GatewayContext['host'], 'connect'>
  readonly clock: Pick<GatewayContext['clock'], 'now'>
  /** How many lines may wait. Lines after a full queue are refused, each in its turn. */
  readonly linesWaitingMax?: number
}

/** Stands between a client's lines and its session: the transport calls it, and it is the session's connection. */
export class TextDialogue implements Connection, Pick<Session, 'hear' | 'finish' | 'end'> {
  readonly protocol = 'text'
  readonly address: string
  readonly #transport: TextTransport
  readonly #session: Session
  readonly #commands: TextCommands
  readonly #waiting: BoundedQueue<string>
  /**
   * How many lines came after the queue was full. While there are any, later lines join them, so that replies keep
   * their order.
   */
  #refused = 0
  #working: Promise<void> | null = null
  #isOver = false
  /** Changes that came while a command was in progress, the newest of each game. */
  readonly #held = new Map<string, GameView>()

  constructor(transport: TextTransport, options: TextDialogueOptions) {
    const { host, clock, linesWaitingMax = limits.requestsInFlight } = options
    this.address = transport.address
    this.#transport = transport
    this.#waiting = new BoundedQueue(linesWaitingMax)
    this.#session = host.connect(this)
    this.#commands = new TextCommands(this.#session, clock)
  }

  /** Takes one line without its terminator. A blank line has no reply. */
  hear(line: string): void {
    if (this.#isOver || line.trim() === '') return
    if (this.#refused > 0 || !this.#waiting.push(line)) this.#refused++
    this.#working ??= this.#work()
  }

  notify({ name, params, key }: AnyNotification): void {
    if (this.#isOver) return
    if (name === 'server.closing') this.send(makeTextPush([`CLOSING ${params.reason}`]))
    else if (name === 'game.said') this.#transport.sendNewest(key, makeSaid(params))
    else if (name !== 'game.changed') return
    else if (this.#working === null) this.#push(params)
    else this.#held.set(params.game, params)
  }

  send(text: string): void {
    this.#transport.send(text)
  }

  whenSent(call: () => void): void {
    this.#transport.whenSent(call)
  }

  close(code: number, reason: string): void {
    this.#transport.close(code, reason)
  }

  /** Resolves when every line received has its reply. */
  async finish(): Promise<void> {
    await this.#working
    await this.#session.finish()
  }

  /** From now on nothing is sent. */
  end(): void {
    this.#stop()
    this.#session.end()
  }

  #stop(): void {
    this.#isOver = true
    this.#held.clear()
  }

  async #work(): Promise<void> {
    for (let line = this.#waiting.shift(); line !== undefined && !this.#isOver; line = this.#waiting.shift()) {
      this.#reply(await this.#commands.answer(line))
      if (this.#commands.hasQuit) this.#quit()
      for (const view of this.#held.values()) this.#push(view)
      this.#held.clear()
    }
    for (; this.#refused > 0; this.#refused--)
      this.#reply([makeRefusal('rate-limited', 'too many lines are waiting: wait for the replies')])
    this.#working = null
  }

  #reply(lines: readonly string[]): void {
    if (!this.#isOver) this.send(makeTextReply(lines))
  }

  #push(view: GameView): void {
    if (!this.#isOver && this.#commands.isNew(view)) this.#transport.sendNewest(view.game, makePushed(view))
  }

  #quit(): void {
    this.#stop()
    this.close(1000, 'quit')
  }
}
