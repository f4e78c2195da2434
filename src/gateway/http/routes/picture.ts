/** The position of a game as a picture, for previews of its link and for any page that shows it. */
import { pictureCost } from '../../../service/index.ts'
import { callMethod, senderOf } from '../requests/request-connection.ts'
import type { HonoApp, RouteContext } from './route-context.ts'
import { isCurrent, makeDigest, makeVersionId } from './version-tag.ts'

export function addPicture(app: HonoApp, { callers, pictures, shared: { host } }: RouteContext): void {
  app.get('/games/:game/picture.png', async (c) => {
    const { incoming } = c.env
    const sender = senderOf(callers, c.env)
    const view = await callMethod(host, sender, 'game.get', { game: c.req.param('game') })
    const tag = `W/"${makeVersionId(view.version, host.history, makeDigest(view))}"`
    c.header('ETag', tag)
    // Caches may store it but must revalidate it each time.
    c.header('Cache-Control', 'no-cache')
    if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
    const pay = (): void => callers.payMore(incoming, pictureCost)
    const png = await pictures.of(view, tag, { address: sender.address, pay })
    return c.body(png, 200, { 'Content-Type': 'image/png', 'Content-Length': String(png.length) })
  })
}
