/** The headers that keep a browser from doing what no page here needs. */
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

const self = "'self'"
const none = "'none'"

/** `connect-src 'self'` is this port, WebSockets included. Images may be drawn by the page itself. */
const contentSecurityPolicy = {
  defaultSrc: [none],
  scriptSrc: [self],
  styleSrc: [self],
  imgSrc: [self, 'data:', 'blob:'],
  connectSrc: [self],
  manifestSrc: [self],
  workerSrc: [self],
  fontSrc: [none],
  baseUri: [none],
  formAction: [none],
  frameAncestors: [none],
}

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

export function makeGuard(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy,
    permissionsPolicy,
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // The port may be reached without TLS too; whoever ends TLS in front of it knows better.
    strictTransportSecurity: false,
  })
}
