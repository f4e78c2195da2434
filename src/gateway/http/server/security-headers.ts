/** The headers that keep a browser from doing what no page here needs. */
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

const self = "'self'"
const none = "'none'"

/** What stands in a page itself, each named by its hash. */
export interface Inline {
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
}

/** `connect-src 'self'` is this port, WebSockets included. Images may be drawn by the page itself. */
export function makePolicy({ scripts, styles }: Inline): string {
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
    'frame-ancestors': [none],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ')
}

const policy = makePolicy({ scripts: [], styles: [] })

/** What a page could ask its visitor for, or learn of them, and never will. */
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

/** On every answer; a policy that the answer has already stays. */
export function makeSecurityHeaders(): MiddlewareHandler {
  const guard = secureHeaders({
    permissionsPolicy,
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // The port may be reached without TLS too; whoever ends TLS in front of it knows better.
    strictTransportSecurity: false,
  })
  return async (c, next) => {
    await guard(c, next)
    if (!c.res.headers.has('Content-Security-Policy')) c.header('Content-Security-Policy', policy)
  }
}
