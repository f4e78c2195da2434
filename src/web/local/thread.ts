/** The transport to the service in a thread of the page. */
import type { Dial } from '../../client/index.ts'

/** A thread is a server that is always there; its name says how often it has started. */
export const dialThread: Dial = (_url, listener) => {
  const thread = new Worker(new URL('../worker/service.ts', import.meta.url), { type: 'module', name: 'service' })
  const close = (): void => {
    // What it has said already may still be on its way.
    thread.onmessage = thread.onerror = null
    thread.terminate()
  }
  thread.onmessage = ({ data }: MessageEvent<string>) => listener.heard(data)
  thread.onerror = () => {
    close()
    listener.closed('the service could not be loaded')
  }
  // What is said before the thread has loaded waits at its protocol.
  queueMicrotask(() => thread.onmessage && listener.opened())
  return { send: (message) => thread.postMessage(message), close }
}
