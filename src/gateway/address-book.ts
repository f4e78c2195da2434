/** Who is connected from where, and how often. */
import type { Socket } from 'node:net'
import { networkOf } from '../service/index.ts'

export class AddressBook {
  readonly #connectionsMax: number
  readonly #counts = new Map<string, number>()

  /** `connectionsMax`: of one address; 0: any number. */
  constructor(connectionsMax: number) {
    this.#connectionsMax = connectionsMax
  }

  /** Counts the socket until it closes; false when there are too many from its address already. */
  open(socket: Socket): boolean {
    const address = networkOf(addressOf(socket))
    const count = this.#counts.get(address) ?? 0
    if (this.#connectionsMax > 0 && count >= this.#connectionsMax) return false
    this.#counts.set(address, count + 1)
    socket.on('close', () => this.#close(address))
    return true
  }

  #close(address: string): void {
    const count = this.#counts.get(address) ?? 0
    if (count > 1) this.#counts.set(address, count - 1)
    else this.#counts.delete(address)
  }
}

/** The peer's address; an IPv4 address that travels as IPv6 in its own form. '' once the socket is gone. */
export function addressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
}
