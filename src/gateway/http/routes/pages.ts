/** What people see in a browser: the pages of a folder, or a few lines that say how to play without. */
import { Fault } from '../../../protocol/index.ts'
import { preferred } from '../server/accept.ts'
import { makeLanding, makePage } from './landing.ts'
import { publicAddressOf } from '../server/public-address.ts'
import { type Coding, codings, indexAddress, type PageFile } from './page-folder.ts'
import type { App, Context, RouteContext } from './route-context.ts'
import { type Form, isCurrent } from './version-tag.ts'

/** Addresses that have a page. Which one, the page in `index.html` finds out by itself. */
const pageAddress = /^\/(?:games(?:\/[^/]+)?\/?)?$/

/** What lies here is named after what is in it. */
const hashedFolder = '/assets/'

/** The form that the sender likes best; text for those who do not care, such as curl. */
export function formOf(c: Context): Form {
  const supports: Form[] = ['text/plain', 'application/json', 'text/html']
  return preferred(c, { header: 'Accept', supports, default: 'text/plain' })
}

export function addPages(app: App, { pages, origins, shared: { proxies } }: RouteContext): void {
  app.get('/', (c, next) => {
    c.header('Vary', 'Accept')
    const isPage = formOf(c) === 'text/html'
    if (pages !== undefined && isPage) return next()
    // It says the name that this server was asked by, which may be any: no cache may hand it to others.
    c.header('Cache-Control', 'no-store')
    const address = publicAddressOf(c.env.incoming, { proxies, origins })
    if (address === null) throw new Fault('not-understood', 'the address or the Host header is malformed')
    const guide = makeLanding(address, pages !== undefined)
    return isPage ? c.html(makePage('Oxo', guide)) : c.text(guide)
  })
}

/** What no route answers: a file of the pages, or for people the page, which says so itself. Null: neither. */
export function showPage(c: Context, { pages }: RouteContext): Response | null {
  const { path, method } = c.req
  if (pages === undefined || (method !== 'GET' && method !== 'HEAD')) return null
  const file = pages.get(path)
  if (file !== undefined) return answerFile(c, file, path.startsWith(hashedFolder) ? 'kept' : 'asked')
  const index = pages.get(indexAddress)
  if (index === undefined || formOf(c) !== 'text/html') return null
  c.header('Vary', 'Accept')
  return answerFile(c, index, pageAddress.test(path) ? 'asked' : 'missing')
}

/** `kept`: for ever, for its name changes with it. `asked`: kept too, but asked for again each time. `missing`: 404. */
type Standing = 'kept' | 'asked' | 'missing'

function answerFile(c: Context, { type, tag, content, coded, policy }: PageFile, standing: Standing): Response {
  c.header('Vary', 'Accept-Encoding', { append: true })
  c.header('Cache-Control', standing === 'kept' ? 'public, max-age=31536000, immutable' : 'no-cache')
  // What a 304 says replaces what the browser has kept, so it says this too.
  if (policy !== null) c.header('Content-Security-Policy', policy)
  if (standing !== 'missing') {
    c.header('ETag', tag)
    if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
  }
  const coding = codingOf(c, coded)
  const body = (coding === null ? undefined : coded[coding]) ?? content
  c.header('Content-Type', type)
  c.header('Content-Length', String(body.length))
  if (coding !== null) c.header('Content-Encoding', coding)
  return c.body(body, standing === 'missing' ? 404 : 200)
}

/** The best coding that the file is kept in and the sender understands, whatever the order they are named in. */
function codingOf(c: Context, coded: PageFile['coded']): Coding | null {
  const supports = (Object.keys(codings) as Coding[]).filter((coding) => coding in coded)
  const chosen = preferred(c, {
    header: 'Accept-Encoding',
    supports: [...supports, ''],
    default: '',
    match: (accepted) => supports.find((coding) => accepted.some(({ type, q }) => type === coding && q > 0)) ?? '',
  })
  return chosen === '' ? null : chosen
}
