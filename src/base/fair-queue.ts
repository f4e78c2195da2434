/** Work that takes turns: few pieces at once, and between those who ask one each in rotation. */

export interface FairQueueLimits {
  /** Pieces of work that run at the same time. */
  readonly atOnce: number
  /** Of these, how many may have the same key. */
  readonly atOncePerKey: number
  /** Pieces that wait, those that run not counted. */
  readonly waiting: number
  readonly waitingPerKey: number
}

/** Why work was not taken: too much with this key waits, or too much in all. */
export type QueueRefusal = 'key-full' | 'full'

/** The place of one piece of work. */
export interface Turn {
  /** Drops work that has not begun; it never will. Without effect once it has begun. Idempotent. */
  cancel(): void
}

/** Resolves when the work is over and the next may begin. It must not reject: nobody here knows what that would mean. */
export type Work = () => Promise<unknown>

interface Line {
  readonly waiting: Work[]
  running: number
}

/** Work of one key runs in the order in which it came. Keys with work that may run are served one after the other. */
export class FairQueue<Key> {
  readonly #limits: FairQueueLimits
  /** Of every key with work that waits or runs. */
  readonly #lines = new Map<Key, Line>()
  /** The keys that have work to begin, the next one first. */
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

  /** Takes `work`. It begins before this returns if there is room now. */
  enter(key: Key, work: Work): Turn | QueueRefusal {
    const { waiting, waitingPerKey } = this.#limits
    const line = this.#lines.get(key) ?? { waiting: [], running: 0 }
    if (this.#hasRoom && this.#mayRun(line)) {
      this.#lines.set(key, line)
      void this.#run(key, line, work)
      return begun
    }
    if (line.waiting.length >= waitingPerKey) return 'key-full'
    if (this.#waiting >= waiting) return 'full'
    this.#lines.set(key, line)
    line.waiting.push(work)
    this.#waiting++
    if (this.#mayRun(line)) this.#ready.add(key)
    return { cancel: () => this.#drop(key, line, work) }
  }

  get #hasRoom(): boolean {
    return this.#running < this.#limits.atOnce
  }

  #mayRun(line: Line): boolean {
    return line.running < this.#limits.atOncePerKey
  }

  async #run(key: Key, line: Line, work: Work): Promise<void> {
    this.#running++
    line.running++
    try {
      await work()
    } finally {
      this.#running--
      line.running--
      if (line.waiting.length > 0) this.#ready.add(key)
      else this.#forget(key, line)
      this.#begin()
    }
  }

  #begin(): void {
    for (const key of this.#ready) {
      if (!this.#hasRoom) return
      this.#ready.delete(key)
      const line = this.#lines.get(key)
      const work = line?.waiting.shift()
      if (line === undefined || work === undefined) continue
      this.#waiting--
      void this.#run(key, line, work)
      // Behind all others.
      if (line.waiting.length > 0 && this.#mayRun(line)) this.#ready.add(key)
    }
  }

  #drop(key: Key, line: Line, work: Work): void {
    const index = line.waiting.indexOf(work)
    if (index < 0) return
    line.waiting.splice(index, 1)
    this.#waiting--
    if (line.waiting.length === 0) this.#forget(key, line)
  }

  #forget(key: Key, line: Line): void {
    this.#ready.delete(key)
    if (line.running === 0) this.#lines.delete(key)
  }
}

const begun: Turn = { cancel() {} }
