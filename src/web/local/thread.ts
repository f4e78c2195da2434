/** The transport to the service in a worker of the page. */
import type { RestoredGame } from './restored.ts'
import { readKept } from './kept.ts'
import type { Dial } from '../../client/index.ts'

/** Starts a worker as the server, with the stored game; it is always reachable. */
export const dialThread: Dial = (_url, listener) => {
  const thread = new Worker(new URL('../worker/service.ts', import.meta.url), { type: 'module', name: 'service' })
  const close = (): void => {
    // Its earlier messages may still arrive.
    thread.onmessage = thread.onerror = null
    thread.terminate()
  }
  thread.onmessage = ({ data }: MessageEvent<string>) => listener.heard(data)
  thread.onerror = () => {
    close()
    listener.closed('the service could not be loaded')
  }
  const kept = readKept()
  if (kept !== null) thread.postMessage({ game: kept.game, entries: kept.entries } satisfies RestoredGame)
  // The worker queues messages until it has loaded.
  queueMicrotask(() => thread.onmessage && listener.opened())
  return { send: (message) => thread.postMessage(message), close }
}
