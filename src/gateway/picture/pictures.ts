/** The pictures of positions: drawn in another thread, and kept while they show the state of a game that was asked for last. */
import { FairQueue } from '../../base/index.ts'
import { fileBeside, WorkerThread } from '../../base/node/index.ts'
import { Fault, type GameView, type Limits } from '../../protocol/index.ts'
import { networkOf } from '../../service/index.ts'
import type { PictureMethods } from './picture-worker.ts'

/** Suggested delay before the next attempt when too many pictures wait, or the thread has ended, in ms. */
const retryAfterMs = 1_000

/** A PNG file. */
type Png = Uint8Array<ArrayBuffer>

interface Kept {
  readonly tag: string
  readonly png: Promise<Png>
}

/** The client that asks for a picture. */
interface Asker {
  readonly address: string
  /** Called before a picture is drawn. Throws if the client may not have one now. */
  readonly pay: () => void
}

export class Pictures {
  readonly #keptMax: number
  readonly #queue: FairQueue<string>
  /** By game; the one that was asked for last is the last. */
  readonly #kept = new Map<string, Kept>()
  /** Null until the first picture, and after the thread has ended. */
  #thread: WorkerThread<PictureMethods> | null = null
  #isClosed = false

  constructor({ picturesKept, picturesWaiting, picturesWaitingPerAddress }: Limits) {
    this.#keptMax = picturesKept
    this.#queue = new FairQueue({
      atOnce: 1,
      atOncePerKey: 1,
      waiting: picturesWaiting,
      waitingPerKey: picturesWaitingPerAddress,
    })
  }

  /**
   * The picture of a state. @param tag another one for each state.
   * @throws Fault 'rate-limited' or 'unavailable', or what `pay` throws
   */
  of(view: GameView, tag: string, asker: Asker): Promise<Png> {
    const { game } = view
    let kept = this.#kept.get(game)
    if (kept?.tag !== tag) {
      asker.pay()
      kept = { tag, png: this.#queueUp(view, asker.address) }
      kept.png.catch(() => this.#forget(game, tag))
    }
    this.#kept.delete(game)
    this.#kept.set(game, kept)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size > this.#keptMax) this.#kept.delete(oldest)
    return kept.png
  }

  /** Ends the thread. Pictures that are not drawn yet are refused. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#thread?.terminate()
  }

  #queueUp(view: GameView, address: string): Promise<Png> {
    const { promise, resolve, reject } = Promise.withResolvers<Png>()
    const turn = this.#queue.enter(networkOf(address), () => this.#draw(view).then(resolve, reject))
    if (typeof turn === 'string') reject(new Fault('rate-limited', 'too many pictures are waiting', { retryAfterMs }))
    return promise
  }

  async #draw({ rules, board, outcome, last }: GameView): Promise<Png> {
    if (this.#isClosed) throw new Fault('unavailable', 'the server is closing')
    this.#thread ??= this.#start()
    try {
      return await this.#thread.call('draw', { rules, board, outcome, ...(last === undefined ? {} : { last }) })
    } catch (cause) {
      throw new Fault('unavailable', 'the picture could not be drawn', { retryAfterMs, cause })
    }
  }

  #start(): WorkerThread<PictureMethods> {
    const thread = new WorkerThread<PictureMethods>(fileBeside(import.meta.url, 'picture-worker'), { name: 'pictures' })
    thread.unref()
    void thread.ended.then(() => (this.#thread = null))
    return thread
  }

  #forget(game: string, tag: string): void {
    if (this.#kept.get(game)?.tag === tag) this.#kept.delete(game)
  }
}
