/** A queue that runs a limited amount of work at once and serves its keys in rotation. */

export interface FairQueueLimits {
  /** How many pieces of work may run at the same time. */
  readonly atOnce: number
  /** How many pieces of work with the same key may run at the same time. */
  readonly atOncePerKey: number
  /** How many pieces of work may wait, not counting the running ones. */
  readonly waiting: number
  readonly waitingPerKey: number
}

/** Why work was refused: too much work with this key waits, or too much in total. */
export type QueueRefusal = 'key-full' | 'full'

/** The place of one piece of work in the queue. */
export interface Turn {
  /** Removes work that has not begun. Has no effect once it has begun. Idempotent. */
  cancel(): void
}

/** Resolves when the work is done and the next may begin. It must not reject: the queue does not handle errors. */
export type Work = () => Promise<unknown>

interface KeyQueue {
  readonly waiting: Work[]
  running: number
}

/** Work with the same key begins in the order in which it came. Keys with work that may begin are served in rotation. */
export class FairQueue<Key> {
  readonly #limits: FairQueueLimits
  /** The queue of every key with waiting or running work. */
  readonly #queues = new Map<Key, KeyQueue>()
  /** The keys with work that may begin, the next one first. */
  readonly #ready = new Set<Key>()
  #running = 0
  #waiting = 0

  constructor(limits: FairQueueLimits) {
    this.#limits = limits
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Adds `work`, or returns why it was refused. If there is room, the work begins before this returns. */
  enter(key: Key, work: Work): Turn | QueueRefusal {
    const { waiting, waitingPerKey } = this.#limits
    const queue = this.#queues.get(key) ?? { waiting: [], running: 0 }
    if (this.#hasRoom && this.#mayRun(queue)) {
      this.#queues.set(key, queue)
      void this.#run(key, queue, work)
      return begun
    }
    if (queue.waiting.length >= waitingPerKey) return 'key-full'
    if (this.#waiting >= waiting) return 'full'
    this.#queues.set(key, queue)
    queue.waiting.push(work)
    this.#waiting++
    if (this.#mayRun(queue)) this.#ready.add(key)
    return { cancel: () => this.#drop(key, queue, work) }
  }

  get #hasRoom(): boolean {
    return this.#running < this.#limits.atOnce
  }

  #mayRun(queue: KeyQueue): boolean {
    return queue.running < this.#limits.atOncePerKey
  }

  async #run(key: Key, queue: KeyQueue, work: Work): Promise<void> {
    this.#running++
    queue.running++
    try {
      await work()
    } finally {
      this.#running--
      queue.running--
      if (queue.waiting.length > 0) this.#ready.add(key)
      else this.#forget(key, queue)
      this.#begin()
    }
  }

  #begin(): void {
    for (const key of this.#ready) {
      if (!this.#hasRoom) return
      this.#ready.delete(key)
      const queue = this.#queues.get(key)
      const work = queue?.waiting.shift()
      if (queue === undefined || work === undefined) continue
      this.#waiting--
      void this.#run(key, queue, work)
      // The key goes to the end of the rotation.
      if (queue.waiting.length > 0 && this.#mayRun(queue)) this.#ready.add(key)
    }
  }

  #drop(key: Key, queue: KeyQueue, work: Work): void {
    const index = queue.waiting.indexOf(work)
    if (index < 0) return
    queue.waiting.splice(index, 1)
    this.#waiting--
    if (queue.waiting.length === 0) this.#forget(key, queue)
  }

  #forget(key: Key, queue: KeyQueue): void {
    this.#ready.delete(key)
    if (queue.running === 0) this.#queues.delete(key)
  }
}

const begun: Turn = { cancel() {} }
