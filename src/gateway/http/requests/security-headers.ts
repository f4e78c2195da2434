/** Security headers, which forbid browsers everything that the pages do not need. */
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

const self = "'self'"
const none = "'none'"

/** The hashes of the inline scripts and styles of a page. */
export interface Inline {
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
}

/**
 * `connect-src 'self'` allows this port, including WebSockets. `data:` and `blob:` allow images that the page draws itself.
 * @param ancestors the pages that may show this one in a frame
 */
export function makePolicy({ scripts, styles }: Inline, ancestors: '*' | typeof none = none): string {
  const directives = {
    'default-src': [none],
    'script-src': [self, ...scripts],
    'style-src': [self, ...styles],
    'img-src': [self, 'data:', 'blob:'],
    'connect-src': [self],
    'manifest-src': [self],
    'worker-src': [self],
    'font-src': [none],
    'base-uri': [none],
    'form-action': [none],
    'frame-ancestors': [ancestors],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ')
}

const policy = makePolicy({ scripts: [], styles: [] })

/** Permissions and device features that no page uses. */
const permissionsPolicy = {
  accelerometer: [],
  browsingTopics: [],
  camera: [],
  displayCapture: [],
  geolocation: [],
  gyroscope: [],
  hid: [],
  localFonts: [],
  microphone: [],
  midi: [],
  payment: [],
  serial: [],
  usb: [],
}

/** Sets the headers on every answer; keeps a Content-Security-Policy that is already set. */
export function makeSecurityHeaders(): MiddlewareHandler {
  const setHeaders = secureHeaders({
    permissionsPolicy,
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // The port also works without TLS; a proxy that terminates TLS can add this header.
    strictTransportSecurity: false,
  })
  return async (c, next) => {
    await setHeaders(c, next)
    const own = c.res.headers.get('Content-Security-Policy')
    if (own === null) c.header('Content-Security-Policy', policy)
    // The older header knows no value for "any page".
    else if (own.includes('frame-ancestors *')) c.res.headers.delete('X-Frame-Options')
  }
}
