/**
 * Who is connected from where. What counts as a connection is one that stays: lines, text, a WebSocket, a stream of
 * changes. A browser opens six sockets more, which are not people: they have a bound of their own, and the ones that wait
 * for a next request make room first.
 */
import type { Socket } from 'node:net'
import { Fault, type Limits } from '../protocol/index.ts'
import { networkOf } from '../service/index.ts'

/** When somebody who found no place may find one: a page that is loaded again has left its old connection by then. */
const retryAfterMs = 1_000

interface Entry {
  sockets: number
  connections: number
  /** HTTP connections between two requests, the longest idle first. */
  readonly idle: Set<Socket>
}

export class AddressBook {
  readonly #limits: Pick<Limits, 'connectionsPerAddress' | 'socketsPerAddress'>
  readonly #entries = new Map<string, Entry>()
  /** Those that are forgotten as idle when they close. */
  readonly #followed = new WeakSet<Socket>()

  /** `connectionsPerAddress` 0: any number, of sockets too. */
  constructor(limits: Pick<Limits, 'connectionsPerAddress' | 'socketsPerAddress'>) {
    this.#limits = limits
  }

  /** Counts the socket until it closes. Where its address has too many an idle one is closed; false where none is. */
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

  /** An HTTP connection waits for a next request, or has one. */
  idle(socket: Socket, isIdle: boolean): void {
    const address = networkOf(addressOf(socket))
    const entry = this.#entries.get(address)
    if (entry === undefined || socket.destroyed) return
    if (!isIdle) return void entry.idle.delete(socket)
    entry.idle.add(socket)
    if (this.#followed.has(socket)) return
    this.#followed.add(socket)
    socket.once('close', () => void entry.idle.delete(socket))
  }

  /** A connection that stays, counted until what this returns is called. @throws Fault 'unavailable' with the time to wait */
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

/** What is said to a connection that is one too many. */
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

/** The peer's address; an IPv4 address that travels as IPv6 in its own form. '' once the socket is gone. */
export function addressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
}
