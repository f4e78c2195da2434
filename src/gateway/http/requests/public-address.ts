/** The address by which a client reaches this server. It is only printed; no access check depends on it. */
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { addressOf } from '../../address-book.ts'
import type { Proxies } from '../../proxies.ts'
import type { Origins } from './origin.ts'

export interface PublicAddress {
  readonly url: URL
  /** The host and port of the text and JSON-lines protocols; null behind a proxy, which forwards only HTTP. */
  readonly lines: { readonly host: string; readonly port: string } | null
}

/**
 * The public address: from X-Forwarded-Proto and X-Forwarded-Host of a trusted proxy; else the allowed origin with the name
 * in Host; else the name in Host. Null if the name is malformed.
 */
export function publicAddressOf(
  { headers, socket }: IncomingMessage,
  { proxies, origins }: { readonly proxies: Proxies; readonly origins: Origins },
): PublicAddress | null {
  const isTrusted = proxies.has(addressOf(socket))
  const forwarded = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value.split(',').at(-1)?.trim() : undefined
  }
  const host = (isTrusted ? forwarded('x-forwarded-host') : undefined) ?? headers.host ?? ''
  const scheme = isTrusted ? forwarded('x-forwarded-proto') : undefined
  const own = (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http'
  const plain = `${scheme === 'https' || scheme === 'http' ? scheme : own}://${host}`
  const url = URL.parse((scheme === undefined ? origins.publicOf(host) : undefined) ?? plain)
  if (url === null || url.pathname !== '/' || url.username !== '') return null
  // These headers need no trust here: they only omit a line of the text.
  const isProxied =
    url.protocol !== `${own}:` ||
    ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'via'].some((name) => name in headers)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  // Tools that take a host and a port want an IPv6 address without brackets.
  return { url, lines: isProxied ? null : { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port } }
}
