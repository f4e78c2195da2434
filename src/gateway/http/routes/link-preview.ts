/**
 * The page with tags for previews of its link (ogp.me), for the programs that fetch a link to show a preview. Browsers get
 * the page without them: they do not read tags, and so it remains one compressed file with one tag for caches, and no
 * game is read for it.
 */
import { html, raw } from 'hono/html'
import { Fault, type GameView } from '../../../protocol/index.ts'
import { pictureSize } from '../../picture/size.ts'
import { publicAddressOf } from '../requests/public-address.ts'
import { isPreviewer } from '../requests/previewers.ts'
import { callMethod, senderOf } from '../requests/request-connection.ts'
import { indexAddress, type PageFile } from './page-folder.ts'
import { formOf } from './pages.ts'
import { makePreviewText } from './preview-text.ts'
import type { Context, HonoApp, RouteContext } from './route-context.ts'

/** The picture of the site in a preview, if the pages have it. */
const siteImage = '/icon-512.png'

/** What a preview shows. The texts are escaped when they are written. */
interface Preview {
  readonly title: unknown
  readonly description: unknown
  readonly url: string
  readonly image: { readonly url: string; readonly size: readonly [number, number] } | null
}

export function addLinkPreviews(app: HonoApp, context: RouteContext): void {
  const { pages, origins, shared } = context
  const index = pages?.get(indexAddress)
  if (index === undefined) return
  const page = takeApart(index)
  for (const path of ['/', '/games', '/games/:game', '/history', '/puzzle', '/cluster'])
    app.get(path, async (c, next) => {
      if (!isPreviewer(c) || formOf(c) !== 'text/html') return next()
      const address = publicAddressOf(c.env.incoming, { proxies: shared.proxies, origins })
      if (address === null) throw new Fault('not-understood', 'the address or the Host header is malformed')
      const { origin } = address.url
      const game = c.req.param('game')
      const view = game === undefined ? null : await readGame(context, c, game)
      const image = pages?.has(siteImage) === true ? { url: origin + siteImage, size: [512, 512] as const } : null
      const preview = view === null ? { ...page.site, url: origin + c.req.path, image } : makePreview(view, origin)
      // The tags contain the Host of the request, which can be any name, so no cache may store them.
      c.header('Cache-Control', 'no-store')
      if (index.policy !== null) c.header('Content-Security-Policy', index.policy)
      return c.html(page.before + (await makeTags(preview)) + page.after)
    })
}

/** Null if there is no such game. @throws Fault if it cannot be read now */
async function readGame(context: RouteContext, c: Context, game: string): Promise<GameView | null> {
  try {
    return await callMethod(context.shared.host, senderOf(context.callers, c.env), 'game.get', { game })
  } catch (fault) {
    // The params are invalid if no game can have this id.
    if (fault instanceof Fault && (fault.fault === 'no-such-game' || fault.fault === 'invalid-params')) return null
    throw fault
  }
}

/** The address of the picture has the version, because the programs keep a picture by its address. */
function makePreview(view: GameView, origin: string): Preview {
  const url = `${origin}/games/${view.game}`
  const image = { url: `${url}/picture.png?version=${view.version}`, size: pictureSize }
  return { ...makePreviewText(view), url, image }
}

function makeTags({ title, description, url, image }: Preview) {
  const isLarge = image?.size === pictureSize
  return html`<title>${title}</title>
    <meta name="description" content="${description}" />
    <meta property="og:site_name" content="Oxo" />
    <meta property="og:type" content="website" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:url" content="${url}" />
    ${
      image &&
      html`<meta property="og:image" content="${image.url}" />
        <meta property="og:image:width" content="${image.size[0]}" />
        <meta property="og:image:height" content="${image.size[1]}" />
        <meta property="og:image:alt" content="${isLarge ? 'The board' : 'Oxo'}" />`
    }
    <meta name="twitter:card" content="${isLarge ? 'summary_large_image' : 'summary'}" />`
}

/** The page around its title, and the title and description of the site, which are HTML already. */
function takeApart({ content }: PageFile) {
  const text = Buffer.from(content).toString()
  const [meta = '', description = ''] = /<meta name="description" content="([^"]*)"[^>]*>\s*/.exec(text) ?? []
  const [whole = '', title = 'Oxo'] = /<title>([^<]*)<\/title>/.exec(text) ?? []
  const at = text.indexOf(whole)
  return {
    before: text.slice(0, at),
    after: text.slice(at + whole.length).replace(meta, ''),
    site: { title: raw(title), description: raw(description) },
  }
}
