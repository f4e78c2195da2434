import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { openWithStub } from '../../testing/open.ts'
import { folderOf } from '../../testing/page-folder.ts'
import { openTestServer, type TestServerOptions } from '../../testing/server.ts'
import { readPages } from './page-folder.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const slack = 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'

const index = `<!doctype html>
<html lang="en"><head><title>Oxo</title>
<meta name="description" content="K in a row &amp; more." />
<script>first('$&')</script></head><body><div id="app"></div></body></html>`
const coded = brotliCompressSync(index)
const files = { 'index.html': index, 'index.html.br': coded, 'icon-512.png': 'png' }

const pagesOf = (t: TestContext) => readPages(folderOf(t, files), 100_000)

async function open(t: TestContext, options: TestServerOptions = {}) {
  const server = await openTestServer({ pages: pagesOf(t), ...options })
  t.after(() => server[Symbol.asyncDispose]())
  const origin = `http://${server.host}:${server.port}`
  const post = async (path: string, body: object, token?: string) => {
    const headers = {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    }
    const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return await answer.json()
  }
  return {
    origin,
    /** A token for an account of this name. */
    person: async (name: string): Promise<string> => {
      const { result } = await post('/rpc', { jsonrpc: '2.0', id: 1, method: 'hello', params: { name } })
      return result.token
    },
    post,
    /** The page as a program for previews gets it. */
    preview: async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await fetch(origin + path, { headers: { 'User-Agent': slack, Accept: '*/*', ...headers } })
      return { answer, page: await answer.text() }
    },
  }
}

/** The values of all tags with this name, as they are in the page. */
function tagsOf(page: string, name: string): readonly string[] {
  return [...page.matchAll(/<meta (?:name|property)="([^"]*)" content="([^"]*)" \/>/g)].flatMap(
    ([, found, value = '']) => (found === name ? value : []),
  )
}

function assertPreview(page: string, title: string, description: string): void {
  assert.deepEqual(tagsOf(page, 'og:title'), [title])
  assert.deepEqual(tagsOf(page, 'og:description'), [description])
  assert.deepEqual(tagsOf(page, 'description'), [description])
  assert.deepEqual(
    [...page.matchAll(/<title>([^<]*)<\/title>/g)].map(([, found]) => found),
    [title],
  )
}

test('[W43] the preview of an invitation, a running game and a won game says who plays what and how it stands', async (t) => {
  const { origin, person, post, preview } = await open(t)
  const [ada, bob] = [await person('Ada'), await person('Bob')]
  await post('/games', { game: 'g' }, ada)
  const { answer, page } = await preview('/games/g')
  assert.equal(answer.status, 200)
  assertPreview(page, 'Ada invites you to tic-tac-toe', 'Ada plays X. Open the link to play O. 3 × 3, 3 in a row.')
  assert.deepEqual(tagsOf(page, 'og:url'), [`${origin}/games/g`])
  assert.deepEqual(tagsOf(page, 'og:image'), [`${origin}/games/g/picture.png?version=1`])
  assert.deepEqual(tagsOf(page, 'og:image:width'), ['1200'])
  assert.deepEqual(tagsOf(page, 'twitter:card'), ['summary_large_image'])
  await post('/games/g/join', {}, bob)
  assertPreview(
    (await preview('/games/g')).page,
    'Ada and Bob play tic-tac-toe',
    'Ada plays X, Bob plays O. 3 × 3, 3 in a row. Ada is to move.',
  )
  for (const [token, x, y] of [
    [ada, 0, 0],
    [bob, 0, 1],
    [ada, 1, 0],
    [bob, 1, 1],
    [ada, 2, 0],
  ] as const)
    await post('/games/g/moves', { x, y }, token)
  const { page: won } = await preview('/games/g/')
  assertPreview(
    won,
    'Ada won against Bob: tic-tac-toe',
    'Ada plays X, Bob plays O. 3 × 3, 3 in a row. Ada made 3 in a row.',
  )
  assert.deepEqual(tagsOf(won, 'og:image'), [`${origin}/games/g/picture.png?version=7`])
})

test('[W43] the preview names other rules, the clock and other ends', async (t) => {
  const { person, post, preview } = await open(t)
  const ada = await person('Ada')
  const cases = [
    [{ rules: 'connect-four', seat: 'O' }, 'Ada invites you to connect four', /7 × 6, 4 in a row, marks fall\.$/],
    [
      { rules: '9,8,5+misere+wild+exact', clock: { initialMs: 180_000, incrementMs: 2_000 } },
      'Ada invites you to 5 in a row on 9 × 8',
      /O\. 9 × 8, 5 in a row, a line loses, either mark, exact lines\. 3 min each and 2 s more with each move\.$/,
    ],
    [
      { rules: 'notakto', clock: { perMoveMs: 86_400_000 } },
      'Ada invites you to notakto',
      /X only\. 1 d for each move\.$/,
    ],
    [{ seat: 'none' }, 'Two players wanted: tic-tac-toe', /^Open the link to play\. 3 × 3/],
    [{ seats: 'open' }, 'An open board: tic-tac-toe', /^Everybody may move\. .* X is to move\.$/],
    [{ opponent: { bot: 'casual' } }, 'Ada and Casual bot play tic-tac-toe', /^Ada plays X, Casual bot plays O\./],
  ] as const
  for (const [index, [params, title, description]] of cases.entries()) {
    await post('/games', { game: `g${index}`, ...params }, ada)
    const { page } = await preview(`/games/g${index}`)
    assert.deepEqual(tagsOf(page, 'og:title'), [title])
    assert.match(tagsOf(page, 'og:description')[0] ?? '', description)
  }
  await post('/games/g0/resign', {}, ada)
  assertPreview((await preview('/games/g0')).page, 'A withdrawn game of connect four', '7 × 6, 4 in a row, marks fall.')
  await post('/games/g5/resign', {}, ada)
  const { page } = await preview('/games/g5')
  assert.deepEqual(tagsOf(page, 'og:title'), ['Casual bot won against Ada: tic-tac-toe'])
  assert.match(tagsOf(page, 'og:description')[0] ?? '', / Ada resigned\.$/)
})

test('[W43] a name cannot add a tag, a script or an attribute to the preview, nor turn its sentence', async (t) => {
  const { person, post, preview } = await open(t)
  const plain = (await preview('/games')).page
  const names = {
    '"><script>x()</script>': '&quot;&gt;&lt;script&gt;x()&lt;/script&gt;',
    "'$&$1</title><b>": '&#39;$&amp;$1&lt;/title&gt;&lt;b&gt;',
    '-->&quot;${1}': '--&gt;&amp;quot;${1}',
    أحمد: '\u2068أحمد\u2069',
  }
  for (const [index, [name, shown]] of Object.entries(names).entries()) {
    await post('/games', { game: `g${index}` }, await person(name))
    const { answer, page } = await preview(`/games/g${index}`)
    assert.deepEqual(tagsOf(page, 'og:title'), [`${shown} invites you to tic-tac-toe`])
    assert.equal(page.match(/<(?!meta)/g)?.length, plain.match(/<(?!meta)/g)?.length, page)
    assert.ok(page.includes(index > 0 ? "<script>first('$&')</script>" : 'first'), page)
    const policy = answer.headers.get('content-security-policy')
    assert.equal(policy, (await preview('/')).answer.headers.get('content-security-policy'))
    assert.match(policy ?? '', /script-src 'self' 'sha256-[^']{44}';.*frame-ancestors 'none'/)
  }
})

test('[W43] every other address, and a game that does not exist, has the tags of the site', async (t) => {
  const { origin, preview } = await open(t)
  for (const path of [
    '/',
    '/games',
    '/games/',
    '/history',
    '/puzzle',
    '/cluster',
    '/games/nowhere',
    '/games/%22%3E%3Cb%3E',
    `/games/${'a'.repeat(65)}`,
  ]) {
    const { answer, page } = await preview(path)
    assert.equal(answer.status, 200, path)
    assertPreview(page, 'Oxo', 'K in a row &amp; more.')
    assert.deepEqual(tagsOf(page, 'og:image'), [`${origin}/icon-512.png`])
    assert.deepEqual(tagsOf(page, 'twitter:card'), ['summary'])
    assert.ok(!page.includes('"><b>'), page)
  }
})

test('[W43] the tags of the site are made from the title and the description of the page as it is', async (t) => {
  const source = readFileSync(join(import.meta.dirname, '../../../web/index.html'), 'utf8')
  const { preview } = await open(t, { pages: readPages(folderOf(t, { 'index.html': source }), 100_000) })
  const { page } = await preview('/')
  assertPreview(page, 'Oxo', 'Tic-tac-toe and every k-in-a-row, with a friend or a stranger far away.')
  assert.equal(page.match(/<title>/g)?.length, 1)
})

test('[W43] known programs get the tags whatever they accept; JSON and text remain available to them', async (t) => {
  const { preview } = await open(t)
  for (const agent of [
    slack,
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Twitterbot/1.0',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
    'TelegramBot (like TwitterBot)',
    'WhatsApp/2.23.20.0',
    'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
    'Mastodon/4.5.0 (http.rb/5.3.1; +https://mastodon.example/) Bot',
    'Synapse (bot; +https://github.com/matrix-org/synapse)',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
    'Mozilla/5.0 (Macintosh) Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  ]) {
    for (const Accept of ['*/*', browser]) {
      const { page } = await preview('/games/main', { 'User-Agent': agent, Accept })
      assert.deepEqual(tagsOf(page, 'og:title'), ['An open board: tic-tac-toe'], agent)
    }
    assert.match((await preview('/games/main', { 'User-Agent': agent, Accept: 'text/plain' })).page, /^BOARD main/)
  }
  assert.match((await preview('/games/main', { Accept: 'application/json' })).page, /^\{"game":"main"/)
})

test('[W43] browsers get the unchanged page in the same coding, with the same tag, and no game is read for them', async (t) => {
  const { url, host } = await openWithStub(t, { pages: pagesOf(t) })
  const headers = { 'User-Agent': chrome, Accept: browser, 'Accept-Encoding': 'br' }
  const read = async (path: string, more = {}) => {
    const answer = await fetch(url + path, { headers: { ...headers, ...more } })
    return { answer, page: await answer.text() }
  }
  const first = await read('/games/main')
  const tag = first.answer.headers.get('etag') ?? ''
  assert.equal(first.page, index)
  assert.equal(first.answer.headers.get('content-encoding'), 'br')
  assert.equal(first.answer.headers.get('cache-control'), 'no-cache')
  const shown = await read('/games/main', { 'User-Agent': slack, 'If-None-Match': tag })
  assert.deepEqual(
    ['etag', 'cache-control', 'content-encoding'].map((name) => shown.answer.headers.get(name)),
    [null, 'no-store', null],
  )
  assert.deepEqual(host.heard, ['game.get'])
  assert.equal((await read('/games/main', { 'If-None-Match': tag })).answer.status, 304)
  assert.deepEqual(host.heard, ['game.get'])
})

test('[W43] a preview is charged like a read, and refused above the rate', async (t) => {
  const limits = { requestsPerSecond: 100, addressUnitsPerSecond: 1, addressUnitBurst: 20 }
  const { preview } = await open(t, { limits })
  const statuses: number[] = []
  // Two units each, and two for each connection.
  while (statuses.length < 10 && statuses.at(-1) !== 429) statuses.push((await preview('/games/main')).answer.status)
  assert.deepEqual(new Set(statuses.slice(0, -1)), new Set([200]))
  assert.equal(statuses.at(-1), 429)
})

test('[W42] the addresses in a preview are those that its program used', async (t) => {
  const { preview } = await open(t, { trustedProxies: ['127.0.0.1'] })
  const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'oxo.example', 'X-Forwarded-For': '192.0.2.1' }
  const { page } = await preview('/games/main', headers)
  assert.deepEqual(tagsOf(page, 'og:url'), ['https://oxo.example/games/main'])
  assert.deepEqual(tagsOf(page, 'og:image'), ['https://oxo.example/games/main/picture.png?version=1'])
})
