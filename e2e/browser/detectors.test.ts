/** Tests the detectors of the browser tests: a page without defects passes, and every planted defect is found. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { openServer } from '../../src/server/open.ts'
import { findBarriers } from './accessibility.ts'
import { openBrowser } from './browser.ts'
import { PageMonitor } from './page-monitor.ts'

interface Planted {
  readonly body?: string
  readonly script?: string
  readonly options?: BrowserContextOptions
}

interface Shown {
  readonly page: Page
  readonly monitor: PageMonitor
  readonly url: string
}

/** Serves a page in the same way as the real one, and resolves when its script has run. */
async function show(t: TestContext, { body = '', script = '', options = {} }: Planted = {}): Promise<Shown> {
  const pages = mkdtempSync(join(tmpdir(), 'oxo-planted-'))
  t.after(() => rmSync(pages, { recursive: true }))
  writeFileSync(
    join(pages, 'index.html'),
    `<!doctype html><html lang="en"><title>Planted</title><meta name="viewport" content="width=device-width">
     <link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/app.css">
     <main><h1>Planted</h1>${body}<p id="last">The last line</p></main><script type="module" src="/app.js"></script></html>`,
  )
  writeFileSync(join(pages, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(pages, 'app.css'), '.pale { color: #ccc; background: #fff }')
  writeFileSync(join(pages, 'app.js'), `${script}\ndocument.body.dataset.done = ''`)
  const server = await openServer({ port: 0, host: '127.0.0.1', journal: 'memory', pages })
  t.after(() => server.close())
  const context = await (await openBrowser()).newContext(options)
  t.after(() => context.close())
  const monitor = await PageMonitor.watch(context, server.url)
  const page = await context.newPage()
  await page.goto(server.url)
  await page.locator('body[data-done]').waitFor()
  return { page, monitor, url: server.url }
}

/** Resolves when the page has been painted and its observers have reported. */
async function painted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame)
  })
}

/** A script that sends a request to the page's own origin over HTTP and over WebSocket. */
const requestOwnOrigin = `
  const answer = await fetch('/rpc', {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  })
  const socket = new WebSocket('/ws')
  await new Promise((resolve) => (socket.onopen = resolve))
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' }))
  const received = await new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)))
  socket.close()
  document.querySelector('#last').textContent = answer.status + ' ' + JSON.parse(received).id`

test('[W22] a page without defects, which sends requests to its own origin, has no findings', async (t) => {
  // The style comes first: a script waits for the style sheet before it, and content above may be painted meanwhile.
  const body = '<style>h1 { font-size: 99px }</style><script>document.title = "Built in"</script>'
  const { page, monitor } = await show(t, { body, script: requestOwnOrigin })
  await painted(page)
  assert.equal(await page.locator('#last').textContent(), '200 2')
  assert.equal(await page.title(), 'Built in')
  assert.equal(
    await page.evaluate(() => getComputedStyle(document.querySelector('h1') ?? document.body).fontSize),
    '99px',
  )
  monitor.assertNothing()
  assert.deepEqual(monitor.shifts, [])
  assert.deepEqual(await findBarriers(page), [])
})

/** A script that appends an element with this text to the page. */
function add(element: string, text: string): string {
  return `document.body.append(Object.assign(document.createElement('${element}'), { textContent: '${text}' }))`
}

const forbidden: readonly (readonly [what: string, planted: Planted, problem: RegExp])[] = [
  ['an inline script', { script: add('script', 'document.title = "run"') }, /policy: script-src-elem inline/],
  ['inline styles', { script: add('style', 'p { color: red }') }, /policy: style-src-elem inline/],
  ['an inline handler', { body: '<img alt="" src="x.png" onerror="alert(1)">' }, /policy: script-src-attr inline/],
  ['a style attribute', { body: '<p style="color: red">red</p>' }, /policy: style-src-attr inline/],
  ['a script evaluated from text', { script: 'try { eval("1") } catch {}' }, /policy: script-src eval/],
  ['an image from another origin', { body: '<img alt="" src="http://127.0.0.2:9/x.png">' }, /policy: img-src http:/],
  ['a font', { script: 'new FontFace("f", "url(/f.woff2)").load().catch(() => {})' }, /policy: font-src/],
  ['a frame', { body: '<iframe title="self" src="/"></iframe>' }, /policy: frame-src/],
  [
    'a request to another origin',
    { script: 'fetch("http://127.0.0.2:9/").catch(() => {})' },
    /policy: connect-src http:/,
  ],
  [
    'a WebSocket to another origin',
    { script: 'try { new WebSocket("ws://127.0.0.2:9/") } catch {}' },
    /policy: connect-src ws:/,
  ],
]

test('[W22] what the Content Security Policy forbids is blocked and reported', async (t) => {
  const body = forbidden.map(([, planted]) => planted.body ?? '').join('')
  const script = forbidden.map(([, planted]) => `${planted.script ?? ''}\n`).join('')
  const { page, monitor } = await show(t, { body, script })
  await painted(page)
  for (const [what, , problem] of forbidden) assert.match(monitor.problems.join('\n'), problem, what)
  assert.equal(await page.title(), 'Planted')
})

test('a request to another origin is reported even where no policy blocks it', async (t) => {
  const body = '<img alt="" src="http://127.0.0.2:9/x.png">'
  const { monitor } = await show(t, { body, options: { bypassCSP: true } })
  assert.match(monitor.problems.join('\n'), /asks elsewhere: http:\/\/127\.0\.0\.2:9\/x\.png/)
})

test('errors and dialogs are reported', async (t) => {
  const script = 'console.error("said"); setTimeout(() => { throw new Error("thrown") }); alert("asked")'
  const { page, monitor } = await show(t, { script })
  await painted(page)
  for (const problem of [/console: said/, /uncaught: thrown/, /dialog: asked/])
    assert.match(monitor.problems.join('\n'), problem)
})

test('a layout shift is reported', async (t) => {
  const { page, monitor } = await show(t)
  await painted(page)
  assert.deepEqual(monitor.shifts, [])
  await page.evaluate(() => document.querySelector('h1')?.before(document.createElement('textarea')))
  await painted(page)
  assert.match(monitor.shifts.join('\n'), /from .* to /)
})

const barriers = [
  ['a button without a name', '<button></button>', /^button-name: /m],
  ['a text with too little contrast', '<p class="pale">pale</p>', /^color-contrast: /m],
  [
    'a cell outside of its row',
    '<div role="grid" aria-label="Board"><div role="gridcell">X</div></div>',
    /^aria-required/m,
  ],
  ['a field without a label', '<input>', /^label: /m],
] as const

test('accessibility violations are reported', async (t) => {
  const { page } = await show(t, { body: barriers.map(([, body]) => body).join('') })
  const found = (await findBarriers(page)).join('\n')
  for (const [what, , rule] of barriers) assert.match(found, rule, what)
})
