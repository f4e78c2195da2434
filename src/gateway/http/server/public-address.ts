/** How the sender of a request reaches this server: for addresses that are printed, not for what may act. */
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { addressOf } from '../../address-book.ts'
import type { Proxies } from '../../proxies.ts'
import type { Origins } from './origin.ts'

export interface PublicAddress {
  readonly url: URL
  /** Where lines and text are spoken; null behind a proxy, which passes on HTTP alone. */
  readonly lines: { readonly host: string; readonly port: string } | null
}

/**
 * What a proxy of the host's says in X-Forwarded-Proto and X-Forwarded-Host; else the origin that the host allows under the
 * name that was asked for; else that name. Null: the name is none.
 */
export function publicAddressOf(
  { headers, socket }: IncomingMessage,
  { proxies, origins }: { readonly proxies: Proxies; readonly origins: Origins },
): PublicAddress | null {
  const isTrusted = proxies.has(addressOf(socket))
  const said = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value.split(',').at(-1)?.trim() : undefined
  }
  const host = (isTrusted ? said('x-forwarded-host') : undefined) ?? headers.host ?? ''
  const scheme = isTrusted ? said('x-forwarded-proto') : undefined
  const own = (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http'
  const plain = `${scheme === 'https' || scheme === 'http' ? scheme : own}://${host}`
  const url = URL.parse((scheme === undefined ? origins.publicOf(host) : undefined) ?? plain)
  if (url === null || url.pathname !== '/' || url.username !== '') return null
  // Of whom it is does not matter here: it only leaves a line out.
  const isProxied =
    url.protocol !== `${own}:` ||
    ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'via'].some((name) => name in headers)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  // Tools that take a host and a port want an IPv6 address without brackets.
  return { url, lines: isProxied ? null : { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port } }
}
