/** Measures what a page keeps in memory, and its worker, after a garbage collection. */
import type { CDPSession } from 'playwright-core'
import { countKept, type Snapshot } from '../soak/heap.ts'

export interface PageHeap {
  /** Objects, arrays, strings, numbers and functions of the page, in bytes. */
  readonly page: number
  /** The same of its worker; 0 if there is none. */
  readonly worker: number
  /** DOM nodes, also those that no document shows any more. */
  readonly nodes: number
  readonly listeners: number
}

/** The browser's own tables vary by hundreds of kilobytes with what was painted last; its nodes are counted instead. */
const kindsOfBrowser = ['native']

/** The messages of DevTools: `hear` gets the events of one target. */
interface Target {
  readonly send: (method: string) => Promise<unknown>
  readonly hear: (event: string, heard: (params: object) => void) => void
}

export async function weighPage(session: CDPSession): Promise<PageHeap> {
  const page = await countOf({
    send: (method) => session.send(method as 'HeapProfiler.takeHeapSnapshot'),
    hear: (event, heard) => void session.on(event as 'HeapProfiler.addHeapSnapshotChunk', heard),
  })
  const worker = await weighWorker(session)
  const { nodes, jsEventListeners: listeners } = await session.send('Memory.getDOMCounters')
  return { page, worker, nodes, listeners }
}

async function countOf({ send, hear }: Target): Promise<number> {
  const chunks: string[] = []
  hear('HeapProfiler.addHeapSnapshotChunk', (params) => void chunks.push((params as { readonly chunk: string }).chunk))
  await send('HeapProfiler.collectGarbage')
  await send('HeapProfiler.takeHeapSnapshot')
  return countKept(JSON.parse(chunks.join('')) as Snapshot, kindsOfBrowser)
}

/** Attaches to the worker of the page for as long as this takes. */
async function weighWorker(session: CDPSession): Promise<number> {
  const targets: string[] = []
  const note = ({ sessionId }: { readonly sessionId: string }): void => void targets.push(sessionId)
  session.on('Target.attachedToTarget', note)
  // Not flat, so that its messages come by this session.
  const attach = (autoAttach: boolean) =>
    session.send('Target.setAutoAttach', { autoAttach, waitForDebuggerOnStart: false, flatten: false })
  await attach(true)
  const [sessionId] = targets
  const bytes = sessionId === undefined ? 0 : await countOf(openTarget(session, sessionId))
  await attach(false)
  session.off('Target.attachedToTarget', note)
  return bytes
}

function openTarget(session: CDPSession, sessionId: string): Target {
  const heard = new Map<string, (params: object) => void>()
  const waiting = new Map<number, (result: unknown) => void>()
  session.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
    if (from !== sessionId) return
    const { id, method, params } = JSON.parse(message) as { id?: number; method?: string; params: object }
    if (id !== undefined) waiting.get(id)?.(params)
    if (method !== undefined) heard.get(method)?.(params)
  })
  return {
    send: (method) =>
      new Promise((resolve) => {
        const id = waiting.size + 1
        waiting.set(id, resolve)
        const message = JSON.stringify({ id, method, params: {} })
        void session.send('Target.sendMessageToTarget', { sessionId, message })
      }),
    hear: (event, hear) => void heard.set(event, hear),
  }
}
