/** A worker thread that answers calls: {@link WorkerThread} is its owner's side, {@link serveCalls} runs in the thread. */
import { extname } from 'node:path'
import { parentPort, type ResourceLimits, Worker } from 'node:worker_threads'
import { assert } from '../assert.ts'
import { BoundedQueue } from '../bounded-queue.ts'

/** What a thread can be asked: arguments and results are structured clones. */
type Methods<M> = Readonly<Record<keyof M, (...args: never[]) => unknown>>

/** The result of a method as its caller gets it. */
type Result<M extends Methods<M>, Name extends keyof M> = Awaited<ReturnType<M[Name]>>

interface Call {
  readonly method: string
  readonly args: readonly never[]
}

/** `fields`: the error's own properties. A clone of an error keeps only its message, stack and cause. */
type Answer = { readonly value: unknown } | { readonly error: unknown; readonly fields: object }

export interface WorkerThreadOptions {
  /** For debuggers and traces. */
  readonly name: string
  readonly resourceLimits?: ResourceLimits
  /** Classes, by their `name`, that errors of the thread's methods get back. Others arrive as plain errors with their fields. */
  readonly errors?: readonly { readonly name: string; readonly prototype: Error }[]
}

/** The thread ended before it answered. `cause`: the uncaught error that ended it; undefined: it ended without one. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded'
}

/** The file `name` in the folder of the module `url`, with the extension of that module: the compiler rewrites import paths, not URLs. */
export function fileBeside(url: string, name: string): URL {
  return new URL(`./${name}${extname(url)}`, url)
}

export class WorkerThread<M extends Methods<M>> {
  /** Resolves when the thread has ended, for whatever reason. Calls in flight reject afterwards. */
  readonly ended: Promise<ThreadEnded>
  readonly #worker: Worker
  readonly #errors: NonNullable<WorkerThreadOptions['errors']>
  readonly #calls = new BoundedQueue<PromiseWithResolvers<unknown>>(Infinity)
  /** Why no more calls are accepted. */
  #end: ThreadEnded | null = null

  /** @param file a module that calls {@link serveCalls}. */
  constructor(file: URL, { errors = [], ...options }: WorkerThreadOptions) {
    this.#errors = errors
    // The thread must not inherit the options of this process, such as a script given as an argument.
    this.#worker = new Worker(file, { ...options, execArgv: [] })
    const { promise, resolve } = Promise.withResolvers<ThreadEnded>()
    this.ended = promise
    let cause: unknown
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (error) => (cause = error))
    this.#worker.on('exit', () => {
      const reason = cause instanceof Error ? `: ${cause.message}` : ''
      this.#end = new ThreadEnded(`the thread ended${reason}`, { cause })
      resolve(this.#end)
      for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) call.reject(this.#end)
    })
  }

  /** The calls without an answer. */
  get inFlight(): number {
    return this.#calls.size
  }

  /**
   * Runs a method in the thread, after all earlier calls. Rejects with the error that the method throws, or with
   * {@link ThreadEnded} if the thread was closed, or ends first.
   */
  call<Name extends keyof M & string>(method: Name, ...args: Parameters<M[Name]>): Promise<Result<M, Name>> {
    if (this.#end !== null) return Promise.reject(this.#end)
    const call = Promise.withResolvers<unknown>()
    this.#worker.postMessage({ method, args } satisfies Call)
    this.#calls.push(call)
    return call.promise as Promise<Result<M, Name>>
  }

  /** Lets the process end although the thread runs. */
  unref(): void {
    this.#worker.unref()
  }

  /** Resolves when the thread has answered the calls made before, has run its `onClose`, and has ended. Idempotent. */
  async close(): Promise<void> {
    if (this.#end === null) this.#worker.postMessage(null)
    this.#end ??= new ThreadEnded('the thread is closed')
    await this.ended
  }

  /** Ends the thread at once, also during a call. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(answer: Answer): void {
    const call = this.#calls.shift()
    assert(call !== undefined, 'a thread answers only calls')
    if ('value' in answer) call.resolve(answer.value)
    else call.reject(this.#revive(answer.error, answer.fields))
  }

  #revive(error: unknown, fields: object): unknown {
    if (!(error instanceof Error)) return error
    Object.assign(error, fields)
    const known = this.#errors.find(({ name }) => name === error.name)
    return known === undefined ? error : Object.setPrototypeOf(error, known.prototype)
  }
}

/**
 * Answers the calls of the thread's {@link WorkerThread}, one at a time, in their order. An error that a method throws is its
 * answer. An error outside a call ends the thread.
 * @param onClose runs when the thread is closed, after the last call.
 */
export function serveCalls<M extends Methods<M>>(methods: M, onClose?: () => void): void {
  assert(parentPort !== null, 'this file runs as a worker')
  const port = parentPort
  const answer = async ({ method, args }: Call): Promise<void> => {
    try {
      const run = methods[method as keyof M]
      port.postMessage({ value: await run.apply(methods, [...args]) } satisfies Answer)
    } catch (error) {
      const fields = error instanceof Error ? { ...error } : {}
      port.postMessage({ error, fields } satisfies Answer)
    }
  }
  const close = (): void => {
    onClose?.()
    port.close()
  }
  let last = Promise.resolve()
  port.on('message', (call: Call | null) => {
    last = last.then(() => (call === null ? close() : answer(call)))
  })
}
