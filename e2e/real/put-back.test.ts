/** A folder with a journal and all its metadata is restored to an older state and used: only the games differ. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempDisposableSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'

interface Answer {
  readonly status: number
  readonly tag: string
}

test('[W13] [W14] [W15] ETags and event ids identify one state, even after the whole folder was restored', async () => {
  using scratch = mkdtempDisposableSync(join(tmpdir(), 'oxo-put-back-'))
  const [folder, kept] = [join(scratch.path, 'data'), join(scratch.path, 'kept')]
  const serve = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
    await using server = await ServerProcess.start(serveCommand(join(folder, 'journal')))
    const done = await work(server.url)
    assert.equal(await server.kill('SIGTERM'), 0)
    return done
  }
  const read = async (url: string, headers = {}): Promise<Answer> =>
    parse(await fetch(`${url}/games/main`, { headers }))
  const move = async (url: string, x: number, headers = {}): Promise<Answer> => {
    const body = JSON.stringify({ x, y: 0 })
    const sent = { 'Content-Type': 'application/json', ...headers }
    return parse(await fetch(`${url}/games/main/moves`, { method: 'POST', body, headers: sent }))
  }
  await serve((url) => move(url, 0))
  cpSync(folder, kept, { recursive: true })
  const seen = await serve(async (url) => {
    await move(url, 1)
    const { tag } = await read(url)
    assert.equal((await read(url, { 'If-None-Match': tag })).status, 304)
    return { tag, id: await idOf(url) }
  })
  // After a restart the same state has the same ETag and event id.
  await serve(async (url) => {
    assert.equal((await read(url, { 'If-None-Match': seen.tag })).status, 304)
    assert.equal(await idOf(url), seen.id)
  })
  rmSync(folder, { recursive: true })
  cpSync(kept, folder, { recursive: true })
  await serve(async (url) => {
    await move(url, 2)
    const now = await read(url, { 'If-None-Match': seen.tag })
    assert.deepEqual(
      [now.status, now.tag.slice(0, -9), now.tag === seen.tag],
      [200, seen.tag.slice(0, -9), false],
      'the same version of another state must have another tag',
    )
    assert.equal((await move(url, 1, { 'If-Match': seen.tag })).status, 412)
    assert.equal(await idOf(url, seen.id), await idOf(url), 'an unknown event id must get the current state')
    assert.equal((await move(url, 1, { 'If-Match': now.tag })).status, 200)
  })
})

async function parse(answer: Response): Promise<Answer> {
  await answer.text()
  return { status: answer.status, tag: answer.headers.get('etag') ?? '' }
}

/** The id of the first event of the stream. */
async function idOf(url: string, last = ''): Promise<string> {
  const headers = { Accept: 'text/event-stream', ...(last === '' ? {} : { 'Last-Event-ID': last }) }
  const ending = AbortSignal.timeout(5_000)
  const answer = await fetch(`${url}/games/main/changes`, { headers, signal: ending })
  let text = ''
  for await (const piece of answer.body ?? []) {
    text += new TextDecoder().decode(piece)
    const id = /^id: (\S+)$/m.exec(text)?.[1]
    if (id !== undefined) return id
  }
  throw new Error(`no event: ${text}`)
}
