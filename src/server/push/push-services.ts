/**
 * The push services that the server sends to. Strangers choose the addresses of their devices, so that without this list they
 * could let the server send requests to hosts of its own network.
 */
import { isIP } from 'node:net'

/** The push services of Chrome, Firefox, Edge and Safari. */
export const pushServices = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.notify.windows.com',
  'web.push.apple.com',
] as const

const name = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/

/** Why an operator's entry of the list is refused; null: it is one. */
export function whyNoPushService(entry: string): string | null {
  const host = entry.startsWith('*.') ? entry.slice(2) : entry
  if (name.test(host)) return null
  const url = URL.parse(entry)
  if (url === null || url.origin !== entry) return 'name a host, *.host, or an origin like https://push.example:8443'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return null
  return 'without TLS only an address of this machine, like http://127.0.0.1:8080'
}

/** The check of addresses, for entries of which {@link whyNoPushService} says nothing. */
export function makePushServiceCheck(entries: readonly string[]): (endpoint: string) => boolean {
  const hosts = new Set(entries.filter((entry) => !entry.startsWith('*.') && !entry.includes('://')))
  const origins = new Set(entries.filter((entry) => entry.includes('://')))
  const suffixes = entries.filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(1))
  return (endpoint) => {
    const url = URL.parse(endpoint)
    // A blob: address has the origin of another one.
    if (url === null || url.username !== '' || url.password !== '' || !/^https?:$/.test(url.protocol)) return false
    if (origins.has(url.origin)) return true
    if (url.protocol !== 'https:' || url.port !== '') return false
    return hosts.has(url.hostname) || suffixes.some((suffix) => url.hostname.endsWith(suffix))
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
}
