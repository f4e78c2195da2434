/** Serves the pages of a folder to browsers, or a short text on how to play without them. */
import { Fault } from '../../../protocol/index.ts'
import { preferred } from '../requests/accept.ts'
import { makeLanding, makeLandingPage } from './landing.ts'
import { isPreviewer } from '../requests/previewers.ts'
import { makePolicy } from '../requests/security-headers.ts'
import { publicAddressOf } from '../requests/public-address.ts'
import { type Coding, codings, embedAddress, indexAddress, type PageFile } from './page-folder.ts'
import type { HonoApp, Context, RouteContext } from './route-context.ts'
import { type Form, isCurrent } from './version-tag.ts'

/** The addresses that have a page. The script of `index.html` decides which page to show. */
const pageAddress = /^\/(?:(?:cluster|history|puzzle|games(?:\/[^/]+)?)\/?)?$/

/** The policy of the only page that other sites may show in a frame: it has no controls. */
const embedPolicy = makePolicy({ scripts: [], styles: [] }, '*')

/** The names of files in this folder contain a hash of their content. */
const hashedFolder = '/assets/'

/** The form that the client prefers. If it accepts anything: the page for link previews, and text for others, such as curl. */
export function formOf(c: Context): Form {
  const supports: Form[] = ['text/plain', 'application/json', 'text/html']
  return preferred(c, { header: 'Accept', supports, default: isPreviewer(c) ? 'text/html' : 'text/plain' })
}

export function addPages(app: HonoApp, { pages, origins, shared: { proxies } }: RouteContext): void {
  app.get('/', (c, next) => {
    c.header('Vary', 'Accept')
    const isPage = formOf(c) === 'text/html'
    if (pages !== undefined && isPage) return next()
    // The answer contains the Host of the request, which can be any name, so no cache may store it.
    c.header('Cache-Control', 'no-store')
    const address = publicAddressOf(c.env.incoming, { proxies, origins })
    if (address === null) throw new Fault('not-understood', 'the address or the Host header is malformed')
    const text = makeLanding(address, pages !== undefined)
    return isPage ? c.html(makeLandingPage('Oxo', text)) : c.text(text)
  })
  const embed = pages?.get(embedAddress)
  if (embed !== undefined)
    app.get('/embed/games/:game', (c) => answerFile(c, { ...embed, policy: embedPolicy }, 'revalidated'))
}

/** Answers a request that has no route: with a file of the pages, or for browsers with the page, which shows "not found". Null: neither applies. */
export function showPage(c: Context, { pages }: RouteContext): Response | null {
  const { path, method } = c.req
  if (pages === undefined || (method !== 'GET' && method !== 'HEAD')) return null
  const file = pages.get(path)
  if (file !== undefined) return answerFile(c, file, path.startsWith(hashedFolder) ? 'immutable' : 'revalidated')
  const index = pages.get(indexAddress)
  if (index === undefined || formOf(c) !== 'text/html') return null
  c.header('Vary', 'Accept')
  return answerFile(c, index, pageAddress.test(path) ? 'revalidated' : 'missing')
}

/** immutable: cached forever, because the name changes with the content. revalidated: cached, but checked each time. missing: 404. */
type Caching = 'immutable' | 'revalidated' | 'missing'

function answerFile(c: Context, { type, tag, content, coded, policy }: PageFile, caching: Caching): Response {
  c.header('Vary', 'Accept-Encoding', { append: true })
  c.header('Cache-Control', caching === 'immutable' ? 'public, max-age=31536000, immutable' : 'no-cache')
  // The headers of a 304 replace the cached ones, so it needs the policy too.
  if (policy !== null) c.header('Content-Security-Policy', policy)
  if (caching !== 'missing') {
    c.header('ETag', tag)
    if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
  }
  const coding = codingOf(c, coded)
  const body = (coding === null ? undefined : coded[coding]) ?? content
  c.header('Content-Type', type)
  c.header('Content-Length', String(body.length))
  if (coding !== null) c.header('Content-Encoding', coding)
  return c.body(body, caching === 'missing' ? 404 : 200)
}

/** The smallest available coding that the client accepts, regardless of the order in its header. */
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
