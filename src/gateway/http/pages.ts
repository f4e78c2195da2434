/** What people see in a browser: the pages of a folder, or a few lines that say how to play without. */
import { serveStatic } from '@hono/node-server/serve-static'
import type { Next } from 'hono'
import { accepts } from 'hono/accepts'
import { makeGuide, makePage } from './guide.ts'
import type { App, Ask, Site } from './site.ts'

/** The form that the sender likes best; text for those who do not care, such as curl. */
export function formOf(c: Ask): string {
  const supports = ['text/plain', 'application/json', 'text/html']
  return accepts(c, { header: 'Accept', supports, default: 'text/plain' })
}

export function addPages(app: App, { pages }: Site): void {
  if (pages === undefined) {
    app.get('/', (c) => {
      const guide = makeGuide(new URL(c.req.url))
      c.header('Vary', 'Accept')
      return formOf(c) === 'text/html' ? c.html(makePage('Oxo', guide)) : c.text(guide)
    })
    return
  }
  // One page shows every game.
  app.get('/games/:game', keep, serveStatic({ root: pages, path: 'index.html' }))
  app.get('*', keep, serveStatic({ root: pages }))
}

/** The names of assets change with what is in them; everything else is asked for again each time. */
async function keep(c: Ask, next: Next): Promise<void> {
  await next()
  if (c.res.ok)
    c.header('Cache-Control', c.req.path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache')
}
