/**
 * Actions that need the server: done now and once, or not at all. The client alone would send them whenever the server
 * is back, and by then the visitor does something else.
 */
import { effect } from '@preact/signals'
import { systemClock } from '../../base/index.ts'
import { type AskOptions, type Client, OxoError } from '../../client/index.ts'
import { firstText } from '../language/text.ts'
import { refusal } from '../words.ts'
import { server, wakeServer } from './server.ts'
import { ui, warn } from './ui.ts'

/** After this time the page says that it waits, in ms. */
const slowMs = 400
/** How long an action waits for a connection, in ms. */
const connectMsMax = 3_000
/** How long it waits for the answer; longer than a server without a quorum takes to refuse, in ms. */
const answerMsMax = 20_000

let isAsking = false

/**
 * Resolves with the answer; with null if there is none, and then the page shows the reason. While one action waits,
 * another does nothing. If the visitor goes to another page meanwhile, the action ends.
 */
export async function ask<T>(act: (client: Client, options: AskOptions) => Promise<T>): Promise<T | null> {
  if (isAsking) return null
  isAsking = true
  const ending = new AbortController()
  const opened = Promise.withResolvers<void>()
  let why: string | null = null
  const end = (reason: string | null): void => {
    why = reason
    ending.abort()
    opened.reject(ending.signal.reason)
  }
  const wait = firstText('loading')
  const timers = [
    systemClock.after(slowMs, () => (ui.notice.value = wait)),
    systemClock.after(connectMsMax, () => isOpen || end(firstText('noServer'))),
    systemClock.after(answerMsMax, () => end(firstText('notKnown'))),
  ]
  const page = ui.route.peek()
  let isOpen = false
  server()
  wakeServer()
  const stop = effect(() => {
    const state = ui.connection.value?.state
    if (ui.route.value !== page) end(null)
    else if (state === 'open') {
      isOpen = true
      opened.resolve()
    } else if (isOpen) end(firstText('notKnown'))
    else if (state === 'waiting') end(firstText('noServer'))
  })
  try {
    await opened.promise
    return await act(server(), { signal: ending.signal })
  } catch (error) {
    if (!ending.signal.aborted) report(error)
    else if (why !== null) warn(why)
    return null
  } finally {
    stop()
    for (const timer of timers) timer.cancel()
    if (ui.notice.peek() === wait) ui.notice.value = null
    isAsking = false
  }
}

/** Shows a refusal as a sentence. @throws anything else, because it is a bug */
export function report(error: unknown): void {
  if (!(error instanceof OxoError)) throw error
  warn(refusal(error))
}

/** For what the page can do without: it shows nothing, and the banner shows connection problems. @throws anything else */
export function ignoreRefusal(error: unknown): null {
  if (!(error instanceof OxoError)) throw error
  return null
}
