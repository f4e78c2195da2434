/** Ensures one account per browser: a page without an account waits while another page is getting one. */
import { makeId, systemClock, systemRandom } from '../../base/index.ts'
import { dialWebSocket, type Transport, type TransportListener } from '../../client/index.ts'
import { readIdentity } from '../state/identity.ts'
import { load, save } from '../state/storage.ts'

/**
 * How long to wait for other pages to get an account, in ms. After that their server does not answer; a second guest is
 * harmless.
 */
const patienceMs = 6_000
/** How long until all other pages see a claim in the storage, in ms. */
const claimMs = 150

type Release = () => void

/** Dials when it is this page's turn. If another page has an account by then, it releases the turn at once. */
export function dialInTurn(url: URL, listener: TransportListener): Transport {
  let isOver = false
  let transport: Transport | null = null
  let release: Release = () => {}
  void takeTurn(() => isOver || isSomebody()).then((taken) => {
    release = taken
    if (isOver || isSomebody()) release()
    if (isOver) return
    transport = dialWebSocket(url, {
      opened: () => listener.opened(),
      heard: (message) => {
        listener.heard(message)
        // The first message is the answer to hello; the listener has stored its account.
        release()
      },
      closed: (reason) => {
        release()
        listener.closed(reason)
      },
    })
  })
  return {
    send: (message) => transport?.send(message),
    close() {
      isOver = true
      release()
      transport?.close()
    },
  }
}

function isSomebody(): boolean {
  return readIdentity() !== null
}

/** Resolves when this page has the turn, until it is released. Resolves early if no turn is needed any more. */
function takeTurn(isNeedless: () => boolean): Promise<Release> {
  // Absent on pages without TLS, except on localhost, although the type says otherwise.
  const { locks } = navigator as { readonly locks?: LockManager }
  return locks === undefined ? claimByStorage(isNeedless) : claimByLock(locks)
}

function claimByLock(locks: LockManager): Promise<Release> {
  return new Promise((resolve) => {
    const patience = new AbortController()
    const timer = systemClock.after(patienceMs, () => patience.abort())
    const hold = (): Promise<void> => {
      timer.cancel()
      return new Promise<void>(resolve)
    }
    locks.request('oxo:identity', { signal: patience.signal }, hold).catch(() => resolve(() => {}))
  })
}

/** If several pages write a claim at the same time, the last writer has the turn, after `claimMs`. */
async function claimByStorage(isNeedless: () => boolean): Promise<Release> {
  const mine = makeId(systemRandom)
  const release = (): void => {
    if (holder() === mine) save('claim', null)
  }
  for (let waitedMs = 0; waitedMs < patienceMs && !isNeedless(); waitedMs += claimMs) {
    if (holder() === null) save('claim', { by: mine, at: systemClock.wall() })
    await pass(claimMs)
    if (holder() === mine) return release
  }
  return () => {}
}

/**
 * The id of the page that has the turn; null if none has. A claim expires, so a closed page does not keep it forever.
 */
function holder(): string | null {
  const { by, at } = (load('claim') ?? {}) as { readonly by?: string; readonly at?: number }
  const age = systemClock.wall() - (at ?? 0)
  return by !== undefined && age >= 0 && age < patienceMs ? by : null
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve))
}
