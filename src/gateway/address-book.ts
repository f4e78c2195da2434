/**
 * Counts sockets and lasting connections per address. Lasting connections are text, JSON lines, WebSockets and streams of
 * changes. A browser opens six further sockets, so sockets have their own limit; idle HTTP sockets are closed first to
 * make room.
 */
import type { Socket } from 'node:net'
import { Fault, type Limits } from '../protocol/index.ts'
import { networkOf } from '../service/index.ts'

/** When a refused client should retry, in ms: a page that is reloaded has closed its old connection by then. */
const retryAfterMs = 1_000

interface Entry {
  sockets: number
  connections: number
  /** HTTP sockets between two requests, the longest idle first. */
  readonly idle: Set<Socket>
}

export class AddressBook {
  readonly #limits: Pick<Limits, 'connectionsPerAddress' | 'socketsPerAddress'>
  readonly #entries = new Map<string, Entry>()
  /** Sockets that have a listener which removes them from `idle` when they close. */
  readonly #tracked = new WeakSet<Socket>()

  /** `connectionsPerAddress` 0 disables both limits. */
  constructor(limits: Pick<Limits, 'connectionsPerAddress' | 'socketsPerAddress'>) {
    this.#limits = limits
  }

  /** Counts the socket until it closes. If its address has too many, closes an idle one; returns false if none is idle. */
  open(socket: Socket): boolean {
    const address = networkOf(addressOf(socket))
    const entry = this.#entry(address)
    const { connectionsPerAddress, socketsPerAddress } = this.#limits
    if (connectionsPerAddress > 0 && entry.sockets >= socketsPerAddress && !closeOne(entry)) return false
    entry.sockets++
    socket.on('close', () => {
      entry.sockets--
      this.#tidy(address, entry)
    })
    return true
  }

  /** Records whether an HTTP socket waits for its next request. */
  idle(socket: Socket, isIdle: boolean): void {
    const address = networkOf(addressOf(socket))
    const entry = this.#entries.get(address)
    if (entry === undefined || socket.destroyed) return
    if (!isIdle) return void entry.idle.delete(socket)
    entry.idle.add(socket)
    if (this.#tracked.has(socket)) return
    this.#tracked.add(socket)
    socket.once('close', () => void entry.idle.delete(socket))
  }

  /** Counts a lasting connection until the returned function is called. @throws Fault 'unavailable' with the time to wait */
  stay(from: string): () => void {
    const address = networkOf(from)
    const entry = this.#entry(address)
    const { connectionsPerAddress } = this.#limits
    if (connectionsPerAddress > 0 && entry.connections >= connectionsPerAddress) throw crowded()
    entry.connections++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      entry.connections--
      this.#tidy(address, entry)
    }
  }

  #entry(address: string): Entry {
    const entry = this.#entries.get(address) ?? { sockets: 0, connections: 0, idle: new Set() }
    this.#entries.set(address, entry)
    return entry
  }

  #tidy(address: string, { sockets, connections }: Entry): void {
    if (sockets === 0 && connections === 0) this.#entries.delete(address)
  }
}

/** The fault for a connection above the limit. */
export function crowded(): Fault {
  const message = 'too many connections from this address: close one, or try again'
  return new Fault('unavailable', message, { retryAfterMs })
}

function closeOne({ idle }: Entry): boolean {
  for (const socket of idle) {
    idle.delete(socket)
    socket.destroy()
    return true
  }
  return false
}

/** The address of the peer, with an IPv4-mapped IPv6 address as IPv4. '' once the socket is closed. */
export function addressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
}
