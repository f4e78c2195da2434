/**
 * Notifications to devices whose page is closed. Everything here happens after the event is stored and beside the game: a
 * command waits for none of it, and a note that does not fit is dropped.
 */
import { BoundedQueue } from '../../base/index.ts'
import type { Event, Player } from '../../game/index.ts'
import { Fault, type GameView } from '../../protocol/index.ts'
import type { ServiceContext } from '../context.ts'
import { faultOf, faultReasonOf } from '../games/fold.ts'
import { RateLimiters } from '../sessions/rate-limits.ts'
import { type PlayerNote, notesOf } from './notes.ts'
import type { PushNote, PushSender, PushSubscription } from './push-sender.ts'
import type { SubscriptionStore } from './subscription-store.ts'
import { Subscriptions } from './subscriptions.ts'

export interface PushParts {
  /** The service owns it and closes it. */
  readonly store: SubscriptionStore
  readonly sender: PushSender
}

/** A game, as far as it knows who is there. */
export interface Attended {
  /** True if the player has a connection, to any node, that watches the game. */
  isOnline(player: Player): boolean
}

/** A note for all devices of an account, or, after a delay, for one. */
interface Task {
  readonly account: string
  readonly note: PushNote
  readonly only: PushSubscription | null
  /** How often it was sent before. */
  readonly tries: number
}

/** The longest that a push service keeps a note, in s. */
const daySeconds = 86_400

export class Push {
  readonly #shared: ServiceContext
  readonly #sender: PushSender
  readonly #subscriptions: Subscriptions
  readonly #queue: BoundedQueue<Task>
  readonly #rates: RateLimiters
  #running = 0
  /** Tasks that wait for a push service to have room again. */
  #delayed = 0
  #isClosed = false

  constructor(shared: ServiceContext, { store, sender }: PushParts) {
    const { pushWaiting, pushDevices, pushesPerMinute, pushBurst, rateBuckets } = shared.limits
    this.#shared = shared
    this.#sender = sender
    this.#subscriptions = new Subscriptions(store, pushDevices)
    this.#queue = new BoundedQueue(pushWaiting)
    this.#rates = new RateLimiters(shared.random.below(2 ** 32), rateBuckets, pushesPerMinute / 60, pushBurst)
  }

  /** The server's public key, which a browser needs for a subscription. */
  get key(): string {
    return this.#sender.key
  }

  /** @throws Fault, JournalFault */
  async subscribe(account: string, device: PushSubscription): Promise<void> {
    if (!this.#sender.accepts(device.endpoint))
      throw new Fault('invalid-params', 'this server does not send to that push service')
    if (device.key !== this.key)
      throw new Fault('invalid-params', 'the key is not the one of this server: ask for it again')
    await this.#subscriptions.add(account, device)
  }

  /** @throws Fault, JournalFault */
  async unsubscribe(account: string, endpoint: string): Promise<void> {
    await this.#subscriptions.remove(account, endpoint)
  }

  /** This node has stored `event`, which led to `view`. */
  stored(event: Event, view: GameView, game: Attended): void {
    for (const note of notesOf(event, view)) {
      const seat = view.players[note.player]
      if (seat === null || seat.bot !== undefined || game.isOnline(note.player)) continue
      this.#enqueue({ account: seat.id, note: makeNote(note, view), only: null, tries: 0 })
    }
  }

  /** Waits for nothing: what is not sent yet is lost. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#subscriptions.close()
  }

  #enqueue(task: Task): void {
    if (task.tries === 0 && this.#rates.of(task.account).take(this.#shared.clock.now()) > 0) return this.#drop(1)
    // A newer note says more than an older one.
    if (!this.#queue.push(task)) {
      this.#queue.shift()
      this.#queue.push(task)
      this.#drop(1)
    }
    if (this.#running >= this.#shared.limits.pushesAtOnce) return
    this.#running++
    // In a turn of its own: the answer to the command leaves first.
    this.#shared.clock.after(0, () => void this.#run())
  }

  async #run(): Promise<void> {
    for (let task = this.#queue.shift(); task !== undefined && !this.#isClosed; task = this.#queue.shift())
      await this.#send(task)
    this.#running--
  }

  async #send(task: Task): Promise<void> {
    try {
      const devices = task.only === null ? await this.#subscriptions.of(task.account) : [task.only]
      await Promise.all(devices.map((device) => this.#sendTo(device, task)))
    } catch (cause) {
      this.#shared.log.warn({ reason: faultReasonOf(faultOf(cause, this.#shared.log)) }, 'push cannot be sent')
      this.#drop(1)
    }
  }

  async #sendTo(device: PushSubscription, { account, note, tries }: Task): Promise<void> {
    const delivery = await this.#sender.send(device, note)
    const { meter, clock, limits } = this.#shared
    if (delivery === 'sent') return meter.count('pushes_sent_total')
    if (delivery === 'gone') {
      meter.count('push_devices_gone_total')
      return this.#subscriptions.remove(account, device.endpoint)
    }
    if (delivery === 'failed' || tries + 1 >= limits.pushTries || this.#delayed >= limits.pushWaiting)
      return this.#drop(1)
    const laterMs = delivery.laterMs ?? limits.pushAgainMs * 2 ** tries
    if (laterMs > limits.pushAgainMsMax) return this.#drop(1)
    this.#delayed++
    clock.after(laterMs, () => {
      this.#delayed--
      this.#enqueue({ account, note, only: device, tries: tries + 1 })
    })
  }

  #drop(count: number): void {
    this.#shared.meter.count('pushes_dropped_total', count)
  }
}

/** A turn is of no use when its time is over. */
function makeNote({ game, kind, player }: PlayerNote, { clock }: GameView): PushNote {
  const leftMs = kind === 'turn' ? clock?.[player] : undefined
  const ttlSeconds = leftMs === undefined ? daySeconds : Math.min(daySeconds, Math.max(1, Math.ceil(leftMs / 1_000)))
  return { game, kind, ttlSeconds }
}
