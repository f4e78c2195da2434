import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { openWithStub } from '../../testing/open.ts'
import { folderOf } from '../../testing/page-folder.ts'
import { TestSocket } from '../../testing/socket.ts'
import { readPages } from './page-folder.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const index = '<!doctype html><title>the page</title>'
const script = `app(${'1,'.repeat(500)})`

const built = {
  'index.html': index,
  'index.html.br': brotliCompressSync(index),
  'manifest.webmanifest': '{}',
  'sw.js': 'self.skipWaiting()',
  'icon.svg': '<svg/>',
  'icon-192.png': 'png',
  'assets/app-1a2b.js': script,
  'assets/app-1a2b.js.br': brotliCompressSync(script),
  'assets/app-1a2b.js.gz': gzipSync(script),
  '.hidden': 'not for everybody',
} as const

const readAll = (folder: string) => readPages(folder, 100_000)

async function openWithPages(t: TestContext) {
  return openWithStub(t, { pages: readAll(folderOf(t, built)) })
}

interface Raw {
  readonly status: number
  readonly body: Buffer
  readonly header: (name: string) => string
}

/** Fetches without decoding the content. */
async function raw(
  gateway: Parameters<typeof TestSocket.to>[0],
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Raw> {
  const lines = Object.entries({ Host: 'localhost', Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const all = await TestSocket.to(gateway)
    .write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    .all()
  const end = all.indexOf('\r\n\r\n')
  const head = all.slice(0, end)
  return {
    status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]),
    body: Buffer.from(all.slice(end + 4), 'latin1'),
    header: (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '',
  }
}

test('[W21] a client that prefers HTML gets the page at every address that has one; others get text or JSON as without pages', async (t) => {
  const { gateway } = await openWithPages(t)
  for (const path of [
    '/',
    '/games',
    '/games/main',
    '/games/another',
    '/games/another/',
    '/games/',
    '/games/main?move=3',
  ]) {
    const { status, body, header } = await raw(gateway, path, { Accept: browser })
    assert.deepEqual([status, body.toString()], [200, index], path)
    assert.match(header('content-type'), /^text\/html; charset=utf-8/i)
    assert.match(header('vary'), /^Accept, Accept-Encoding$/)
    assert.equal(header('cache-control'), 'no-cache')
  }
  for (const Accept of ['*/*', 'text/plain']) {
    assert.match((await raw(gateway, '/', { Accept })).body.toString(), /^Oxo: [^]*In a browser: http:\/\/localhost\//)
    assert.match((await raw(gateway, '/games/main', { Accept })).body.toString(), /^BOARD main/)
    for (const path of ['/games/main/', '/games', '/games/'])
      assert.match((await raw(gateway, path, { Accept })).body.toString(), /^(?:BOARD main|open tictactoe open: )/)
  }
})

test('[W13] the open games are a resource, as text, as JSON and as a page, with and without a slash', async (t) => {
  const { gateway } = await openWithStub(t)
  for (const path of ['/games', '/games/']) {
    for (const [Accept, type, content] of [
      ['*/*', /^text\/plain/, /^open .* open: .*\n$/],
      ['application/json', /^application\/json/, /^\{"games":\[\{"game":"open"/],
      [browser, /^text\/html/, /<pre>open /],
    ] as const) {
      const { status, body, header } = await raw(gateway, path, { Accept })
      assert.equal(status, 200)
      assert.match(header('content-type'), type)
      assert.match(body.toString(), content)
      assert.equal(header('vary'), 'Accept')
    }
  }
})

test('[W21] a file is served under its own name, with its type', async (t) => {
  const { gateway } = await openWithPages(t)
  const types = {
    '/index.html': 'text/html; charset=utf-8',
    '/manifest.webmanifest': 'application/manifest+json',
    '/sw.js': 'text/javascript; charset=utf-8',
    '/icon.svg': 'image/svg+xml; charset=utf-8',
    '/icon-192.png': 'image/png',
    '/assets/app-1a2b.js': 'text/javascript; charset=utf-8',
  }
  for (const [path, type] of Object.entries(types)) {
    const { status, header } = await raw(gateway, path)
    assert.deepEqual([status, header('content-type').toLowerCase()], [200, type], path)
    assert.equal(header('vary'), 'Accept-Encoding')
    assert.equal(
      header('cache-control'),
      path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    )
  }
})

test('[W21] a browser that has a file gets 304', async (t) => {
  const { gateway } = await openWithPages(t)
  for (const path of ['/', '/sw.js', '/assets/app-1a2b.js']) {
    const tag = (await raw(gateway, path, { Accept: browser })).header('etag')
    assert.match(tag, /^W\/".{22}"$/)
    const again = await raw(gateway, path, { Accept: browser, 'If-None-Match': `"other", ${tag}` })
    assert.deepEqual([again.status, again.body.length, again.header('etag')], [304, 0, tag])
    assert.match(again.header('vary'), /Accept-Encoding/)
    assert.equal((await raw(gateway, path, { Accept: browser, 'If-None-Match': '"other"' })).status, 200)
  }
})

test('[W21] a file is sent in the smallest coding that the browser accepts', async (t) => {
  const { gateway } = await openWithPages(t)
  const cases = [
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', ''],
    ['zstd', ''],
    ['*', ''],
  ] as const
  for (const [accepted, coding] of cases) {
    const { body, header } = await raw(gateway, '/assets/app-1a2b.js', { 'Accept-Encoding': accepted })
    assert.equal(header('content-encoding'), coding, accepted)
    assert.equal(header('content-length'), String(body.length))
    const decode = { br: brotliDecompressSync, gzip: gunzipSync, '': (same: Buffer) => same }[coding]
    assert.equal(decode(body).toString(), script)
  }
  const plain = await raw(gateway, '/sw.js', { 'Accept-Encoding': 'br, gzip' })
  assert.deepEqual([plain.header('content-encoding'), plain.body.toString()], ['', built['sw.js']])
})

test('[W21] HEAD is GET without the body', async (t) => {
  const { gateway } = await openWithPages(t)
  const headers = { Accept: browser, 'Accept-Encoding': 'br' }
  for (const path of ['/', '/assets/app-1a2b.js']) {
    const got = await raw(gateway, path, headers)
    const head = await raw(gateway, path, headers, 'HEAD')
    assert.deepEqual([head.status, head.body.length], [200, 0])
    for (const name of ['content-type', 'content-length', 'content-encoding', 'etag', 'vary', 'cache-control'])
      assert.equal(head.header(name), got.header(name), name)
  }
})

test('[W21] a missing address is 404, and browsers get the page that says so', async (t) => {
  const { gateway } = await openWithPages(t)
  const nowhere = ['/assets/none.js', '/assets', '/assets/', '/.hidden', '/index.html.br', '/games/a/b', '/nothing']
  for (const path of nowhere) {
    const { status, header } = await raw(gateway, path)
    assert.deepEqual([status, header('content-type')], [404, 'application/problem+json'], path)
    const shown = await raw(gateway, path, { Accept: browser, 'If-None-Match': '*' })
    assert.deepEqual([shown.status, shown.header('etag'), shown.body.toString()], [404, '', index], path)
  }
})

test('[W21] no address leads outside the folder', async (t) => {
  const { gateway } = await openWithPages(t)
  const paths = [
    '/../../etc/passwd',
    '/assets/../../../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%5c..%5cetc%5cpasswd',
    '//etc/passwd',
    '/assets//etc/passwd',
    '/index.html%00.js',
    '/__proto__',
    '/constructor',
  ]
  for (const path of paths) assert.equal((await raw(gateway, path)).status, 404, path)
})

test('[W21] nothing but GET and HEAD reads a page', async (t) => {
  const { gateway } = await openWithPages(t)
  for (const method of ['PUT', 'DELETE', 'OPTIONS'])
    for (const path of ['/index.html', '/', '/assets/app-1a2b.js'])
      assert.ok((await raw(gateway, path, { Accept: browser }, method)).status >= 400, `${method} ${path}`)
})

test('[W22] every answer has the security headers', async (t) => {
  const { gateway } = await openWithPages(t)
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
    "manifest-src 'self'; worker-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  for (const path of ['/', '/games/main', '/assets/app-1a2b.js', '/sw.js', '/nothing', '/livez'])
    for (const Accept of [browser, 'application/json']) {
      const { header } = await raw(gateway, path, { Accept })
      assert.equal(header('content-security-policy'), policy)
      assert.equal(header('x-content-type-options'), 'nosniff')
      assert.equal(header('referrer-policy'), 'no-referrer')
      assert.equal(header('cross-origin-opener-policy'), 'same-origin')
      assert.equal(header('cross-origin-resource-policy'), 'same-origin')
      assert.match(header('permissions-policy'), /camera=\(\), .*geolocation=\(\)/)
    }
})

test('[W22] the inline scripts and styles of the built page may run, and no others', async (t) => {
  const script = 'app("<b>")'
  const style = ' main { color: red } '
  const html = `<script type="module">${script}</script><STYLE>${style}</STYLE><script src="/a.js"></script>${index}`
  const { gateway } = await openWithStub(t, { pages: readAll(folderOf(t, { 'index.html': html })) })
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const { header } = await raw(gateway, '/', { Accept: browser })
  for (const headers of [{}, { 'If-None-Match': header('etag') }]) {
    const policy = (await raw(gateway, '/', { Accept: browser, ...headers })).header('content-security-policy')
    assert.ok(policy.includes(`; script-src 'self' ${hash(script)}; style-src 'self' ${hash(style)}; img-src`), policy)
  }
  assert.doesNotMatch((await raw(gateway, '/livez')).header('content-security-policy'), /sha256/)
})

test('[W21] a folder without pages, or with too many bytes, is refused in one sentence', (t) => {
  assert.throws(() => readAll(folderOf(t, { 'about.html': '' })), /no pages in .*: name a folder with an index\.html/)
  assert.throws(() => readAll(join(tmpdir(), 'no-such-folder')), /no pages in/)
  assert.throws(() => readAll(folderOf(t, { 'index.html/page': '' })), /no pages in/)
  assert.throws(() => readPages(folderOf(t, built), 100), /larger than 100 bytes/)
})

test('[W21] symbolic links are not served', (t) => {
  const folder = folderOf(t, built)
  const outside = folderOf(t, { 'secret.txt': 'secret' })
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'secret.txt'))
  symlinkSync(outside, join(folder, 'outside'))
  assert.deepEqual(
    [...readAll(folder).keys()].filter((address) => /secret|outside|hidden|\.br|\.gz/.test(address)),
    [],
  )
})

test('[W45] only the page of a board for other sites may be shown in their frames', async (t) => {
  const pages = readAll(folderOf(t, { ...built, 'embed.html': '<!doctype html><title>a board</title>' }))
  const { gateway, host } = await openWithStub(t, { pages })
  const { status, body, header } = await raw(gateway, '/embed/games/main')
  assert.deepEqual([status, body.toString()], [200, '<!doctype html><title>a board</title>'])
  assert.match(header('content-security-policy'), /^default-src 'none'; script-src 'self';.*frame-ancestors \*$/)
  assert.deepEqual([header('x-frame-options'), header('cache-control')], ['', 'no-cache'])
  const again = await raw(gateway, '/embed/games/main', { 'If-None-Match': header('etag') })
  assert.deepEqual([again.status, again.header('x-frame-options')], [304, ''])
  assert.match(again.header('content-security-policy'), /frame-ancestors \*$/)
  for (const path of ['/', '/games/main', '/embed.html', '/embed/games', '/embed/games/a/b', '/livez']) {
    const { header: other } = await raw(gateway, path, { Accept: browser })
    assert.match(other('content-security-policy'), /frame-ancestors 'none'$/, path)
    assert.equal(other('x-frame-options'), 'DENY', path)
  }
  assert.equal((await raw(gateway, '/embed/games/main', {}, 'POST')).status, 405)
  // The page itself reads the game.
  assert.deepEqual(host.heard, [])
})
