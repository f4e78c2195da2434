/** Protects commands against pages of other sites, which could send them through the browser of a visitor. */
import { isIP } from 'node:net'
import { Fault } from '../../../protocol/index.ts'

/** Names that nobody can register in the public DNS, so that no other site can serve a page under them. */
const privateName = /^[^.]+$|\.(localhost|local|internal|home\.arpa|test)$/

export interface Origins {
  /**
   * Checks the Host and Origin headers of a command. Host is checked also without an Origin, because in a DNS rebinding
   * attack the name of another site points to this server.
   * @throws Fault 'bad-origin' if Host is not a name of this server, or if the page of `origin` may not send commands.
   */
  check(host: string | undefined, origin: string | undefined): void
  /** Whether the operator allowed pages of this origin. */
  allows(origin: string): boolean
  /** The allowed origin with this Host; undefined if there is none. */
  publicOf(host: string): string | undefined
}

/** Notified of a refused name or origin, and of the flag that allows it, for the log of the operator. */
export type OnRefused = (what: { readonly host?: string; readonly origin?: string; readonly flag: string }) => void

/** The largest number of names that are reported, because a client can invent any number. */
const reportedMax = 100

/** @param hostName the name that the gateway listens on. @param allowed origins such as `https://oxo.example`; their names are allowed as Host too. */
export function makeOrigins(
  hostName: string,
  allowed: readonly string[] = [],
  onRefused: OnRefused = () => {},
): Origins {
  const reported = new Set<string>()
  const report = (name: string, what: Parameters<OnRefused>[0]): void => {
    if (reported.has(name) || reported.size >= reportedMax) return
    reported.add(name)
    onRefused(what)
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
        // An Origin with the same name also shows the scheme that clients use.
        const flag = `--allow-origin ${URL.parse(origin ?? '')?.host === self.host ? origin : `https://${self.host}`}`
        report(self.host, { host: self.host, flag })
        throw new Fault(
          'bad-origin',
          `${self.hostname} is not a name of this server; its operator can allow it with ${flag}`,
        )
      }
      if (origin === undefined || origins.has(origin)) return
      const page = URL.parse(origin)
      // The scheme may differ, because a proxy may terminate TLS.
      if (page !== null && page.host !== '' && samePort(page) === samePort(self) && page.hostname === self.hostname)
        return
      report(origin, { origin, flag: `--allow-origin ${origin}` })
      throw new Fault(
        'bad-origin',
        `pages of ${origin} may not act here; the operator can allow them with --allow-origin`,
      )
    },
  }
}

function isOurs(name: string, names: ReadonlySet<string>): boolean {
  const bare = name.startsWith('[') ? name.slice(1, -1) : name
  return isIP(bare) > 0 || privateName.test(name) || names.has(name)
}

/** The port; '' for a default port of either scheme. */
function samePort(url: URL): string {
  return url.port === '443' || url.port === '80' ? '' : url.port
}
