/** One person at one browser is one account: whoever has none yet waits until no other page is getting one. */
import { makeId, systemClock, systemRandom } from '../../base/index.ts'
import { dialWebSocket, type Transport, type TransportListener } from '../../client/index.ts'
import { readIdentity } from '../state/identity.ts'
import { load, save } from '../state/storage.ts'

/** Other pages get an account within this, or their server does not answer, and then one more guest does no harm. */
const patienceMs = 6_000
/** How long a claim in the storage needs to be seen by every other page. */
const claimMs = 150

type Release = () => void

/** Dials once it is this page's turn; by then another one may have an account, and nobody waits for this one. */
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
        // The first message answers who this is; by now it is kept.
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

/** Resolves when it is this page's turn, and nobody else's until it is released; at once where none is needed. */
function takeTurn(isNeedless: () => boolean): Promise<Release> {
  // Pages without TLS have none, but for those of this machine, whatever the types say.
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

/** Of those who write their claim at once the last one has it, as soon as all have seen that. */
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

/** Whose turn it is; a page that is gone has none for ever. */
function holder(): string | null {
  const { by, at } = (load('claim') ?? {}) as { readonly by?: string; readonly at?: number }
  const age = systemClock.wall() - (at ?? 0)
  return by !== undefined && age >= 0 && age < patienceMs ? by : null
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve))
}
