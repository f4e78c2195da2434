/** Proxies whose word is taken for where a request comes from. */
import { BlockList, isIP } from 'node:net'

export class Proxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** Addresses, and networks like `10.0.0.0/8`. @throws Error for what is neither */
  constructor(proxies: readonly string[] = []) {
    this.#isEmpty = proxies.length === 0
    for (const proxy of proxies) {
      const [address = '', bits, ...rest] = proxy.split('/')
      const family = familyOf(address)
      if (family === null || rest.length > 0) throw new Error(`${proxy} is no address`)
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
   * Where a request comes from that arrived from `peer`: of a proxy the last address that it and the proxies before it name in
   * X-Forwarded-For, and itself where that names none. What any other peer says in that header is not looked at.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    if (!this.has(peer)) return peer
    let client = peer
    for (const said of (forwardedFor ?? '').split(',').toReversed()) {
      const address = bareOf(said.trim())
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

/** Without the port that some proxies add, and an IPv4 address in its own form. */
function bareOf(said: string): string {
  const [, inBrackets, beforePort] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(said) ?? []
  const address = inBrackets ?? beforePort ?? said
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
