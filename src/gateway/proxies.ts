/** The trusted proxies, whose X-Forwarded-For is believed. */
import { BlockList, isIP } from 'node:net'

export class Proxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** @param proxies addresses, and networks like `10.0.0.0/8`. @throws Error if one is neither. */
  constructor(proxies: readonly string[] = []) {
    this.#isEmpty = proxies.length === 0
    for (const proxy of proxies) {
      const [address = '', bits, ...rest] = proxy.split('/')
      const family = familyOf(address)
      if (family === null || rest.length > 0)
        throw new Error(`${proxy} is not an address: name an IP address, or a network like 10.0.0.0/8`)
      if (bits === undefined) this.#list.addAddress(address, family)
      else this.#list.addSubnet(address, Number(bits), family)
    }
  }

  has(address: string): boolean {
    if (this.#isEmpty) return false
    const family = familyOf(address)
    return family !== null && this.#list.check(address, family)
  }

  /**
   * The address of the client of a request that arrived from `peer`. If `peer` is a trusted proxy, this is the last address
   * in X-Forwarded-For that is not a trusted proxy, or the last proxy if the header names no other. The header is ignored
   * for any other peer.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    if (!this.has(peer)) return peer
    let client = peer
    for (const entry of (forwardedFor ?? '').split(',').toReversed()) {
      const address = bareOf(entry.trim())
      if (isIP(address) === 0) return client
      client = address
      if (!this.has(address)) return client
    }
    return client
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address)
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6'
}

/** Removes the port that some proxies add, and converts an IPv4-mapped IPv6 address to IPv4. */
function bareOf(entry: string): string {
  const [, inBrackets, beforePort] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? []
  const address = inBrackets ?? beforePort ?? entry
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
