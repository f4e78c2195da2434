/** Whether a request that acts may: a page of a stranger must not act here through its visitor's browser. */
import { isIP } from 'node:net'
import { Fault } from '../../../protocol/index.ts'

/** Names that nobody can own in the public DNS, so that no stranger's page can be served under them. */
const privateName = /^[^.]+$|\.(localhost|local|internal|home\.arpa|test)$/

export interface Origins {
  /**
   * @throws Fault 'bad-origin': the page that sent it belongs to somebody else, or the name it used for this server
   * may (a DNS rebinding attack makes a page's own name point here). Not sent by a page, no `origin`: the name still
   * counts.
   */
  check(host: string | undefined, origin: string | undefined): void
  /** Whether the host allowed pages of this origin by name. */
  allows(origin: string): boolean
  /** The allowed origin whose pages come by this Host; undefined: there is none. */
  publicOf(host: string): string | undefined
}

/** What a host has to hear of, for nobody can play: who was refused, and the flag that lets them in. */
export type HearRefused = (what: { readonly host?: string; readonly origin?: string; readonly flag: string }) => void

/** Names that are told of: a stranger can think of any number. */
const toldMax = 100

/** `hostName`: what the gateway listens on. `allowed`: origins like `https://oxo.example`; their names are good for Host too. */
export function makeOrigins(hostName: string, allowed: readonly string[] = [], hear: HearRefused = () => {}): Origins {
  const told = new Set<string>()
  const tell = (name: string, what: Parameters<HearRefused>[0]): void => {
    if (told.has(name) || told.size >= toldMax) return
    told.add(name)
    hear(what)
  }
  const urls = allowed.map((origin) => new URL(origin))
  const origins = new Set(urls.map(({ origin }) => origin))
  const names = new Set([hostName.toLowerCase(), ...urls.map(({ hostname }) => hostname)])
  const publicNames = new Map(urls.toReversed().map(({ host, origin }) => [host, origin]))
  return {
    allows: (origin) => origins.has(origin),
    publicOf: (host) => publicNames.get(host.toLowerCase()),
    check(host, origin) {
      const self = URL.parse(`http://${host ?? ''}`)
      if (host === undefined || self === null || self.username !== '' || self.pathname !== '/')
        throw new Fault('bad-origin', 'the Host header is missing or malformed')
      if (!isOurs(self.hostname, names)) {
        // As a page of it says, which knows whether there is TLS in front of this.
        const flag = `--allow-origin ${URL.parse(origin ?? '')?.host === self.host ? origin : `https://${self.host}`}`
        tell(self.host, { host: self.host, flag })
        throw new Fault('bad-origin', `${self.hostname} is not a name of this server; its host can allow it by ${flag}`)
      }
      if (origin === undefined || origins.has(origin)) return
      const page = URL.parse(origin)
      // The scheme may differ: TLS may end in front of us.
      if (page !== null && page.host !== '' && samePort(page) === samePort(self) && page.hostname === self.hostname)
        return
      tell(origin, { origin, flag: `--allow-origin ${origin}` })
      throw new Fault('bad-origin', `pages of ${origin} may not act here; the host can allow them by --allow-origin`)
    },
  }
}

function isOurs(name: string, names: ReadonlySet<string>): boolean {
  const bare = name.startsWith('[') ? name.slice(1, -1) : name
  return isIP(bare) > 0 || privateName.test(name) || names.has(name)
}

/** A default port is no port, whatever the scheme. */
function samePort(url: URL): string {
  return url.port === '443' || url.port === '80' ? '' : url.port
}
