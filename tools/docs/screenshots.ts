/**
 * Takes screenshots of the pages. `npm run screenshots` writes the few that docs/ shows. With a folder it writes every scene
 * there, at every width, light and dark, left to right and right to left, for review before a release.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { openServer } from '../../src/server/open.ts'
import { connect } from '../../src/client/node/index.ts'
import { findProgram } from '../check/programs.ts'
import { type Cast, gather, type Scene, scenes } from './scenes.ts'

interface Picture {
  readonly scene: string
  readonly width: keyof typeof heights
  readonly theme: 'light' | 'dark'
  readonly language: 'en' | 'de' | 'ar'
}

/** Screen height by width: phone, tablet, desktop. */
const heights = { 360: 740, 768: 1024, 1280: 800 } as const
const widths = [360, 768, 1280] as const

const root = join(import.meta.dirname, '../..')

/** The screenshots that documents show. */
const shown: Readonly<Record<string, Picture>> = {
  'first-page': { scene: 'home-played', width: 360, theme: 'light', language: 'en' },
  game: { scene: 'game', width: 1280, theme: 'light', language: 'en' },
  review: { scene: 'over', width: 1280, theme: 'dark', language: 'en' },
  lobby: { scene: 'lobby', width: 768, theme: 'light', language: 'en' },
  arabic: { scene: 'game-small', width: 360, theme: 'light', language: 'ar' },
}

async function take(browser: Browser, { scene, width, theme, language }: Picture, path: string): Promise<void> {
  const { prepare, act } = scenes[scene] ?? ({} satisfies Scene)
  await using server = await openServer({
    port: 0,
    host: '127.0.0.1',
    journal: 'memory',
    pages: join(root, 'dist/web'),
    rateLimit: 0,
    connectionsPerAddress: 0,
  })
  let token = ''
  using visitor = connect(server.url, { name: 'Ada', onToken: (given) => (token = given) })
  const account = await visitor.ready()
  const [other, ...crowd] = await gather(server.url, ['Grace', 'Edsger', 'Barbara', 'Donald', 'محمد'])
  if (other === undefined) return
  const cast: Cast = { visitor, other, crowd, url: server.url }
  const kept = { identity: { token, account }, settings: { name: 'Ada', language } }
  const localStorage = Object.entries(kept).map(([key, value]) => ({
    name: `oxo:${key}`,
    value: JSON.stringify(value),
  }))
  const context = await browser.newContext({
    viewport: { width, height: heights[width] },
    colorScheme: theme,
    reducedMotion: 'reduce',
    hasTouch: width !== 1280,
    isMobile: width !== 1280,
    deviceScaleFactor: 1,
    serviceWorkers: 'block',
    storageState: { cookies: [], origins: [{ origin: server.url, localStorage }] },
  })
  const page = await context.newPage()
  await page.goto(`${server.url}${(await prepare?.(cast)) ?? '/'}`)
  await page.locator(`html[lang=${language}] h1`).waitFor()
  await page.waitForLoadState('networkidle')
  await act?.(page)
  await page.screenshot({ path, animations: 'disabled' })
  await context.close()
  for (const client of [other, ...crowd]) client.close()
}

const [folder, only] = process.argv.slice(2)
const pictures: Readonly<Record<string, Picture>> =
  folder === undefined
    ? shown
    : Object.fromEntries(
        Object.keys(scenes)
          .filter((scene) => only === undefined || only.split(',').includes(scene))
          .flatMap((scene) =>
            widths.flatMap((width) =>
              (['light', 'dark'] as const).flatMap((theme) =>
                (['en', 'ar'] as const).map((language) => [
                  `${scene}-${width}-${theme}-${language}`,
                  { scene, width, theme, language },
                ]),
              ),
            ),
          ),
      )
const output = folder ?? join(root, 'docs/screenshots')
mkdirSync(output, { recursive: true })
const browser = await chromium.launch({
  executablePath: findProgram('chromium'),
  chromiumSandbox: process.getuid?.() !== 0,
})
for (const [name, picture] of Object.entries(pictures)) await take(browser, picture, join(output, `${name}.png`))
await browser.close()
