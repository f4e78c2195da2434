/** Plays every transcript of spec/transcripts over every protocol that it applies to, each time with a new server. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { errorNames, errorRow } from '../src/protocol/index.ts'
import { methodNames, notifications } from '../src/protocol/schema/index.ts'
import { openServer } from '../src/server/open.ts'
import { playTranscript } from '../src/conformance/transcript-player.ts'
import { parseTranscript } from '../src/conformance/transcript.ts'

const folder = join(import.meta.dirname, '../spec/transcripts')
const files = globSync('*.txt', { cwd: folder }).toSorted()
const sources = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))

for (const [file, source] of sources) {
  const transcript = parseTranscript(source)
  test(`${basename(file, '.txt')}: ${transcript.title}`, async () => {
    assert.ok(transcript.protocols.length > 0, `${file} needs a line such as "protocols: lines websocket http"`)
    for (const protocol of transcript.protocols) {
      await using server = await openServer({ port: 0, journal: 'memory', rateLimit: 0 })
      await playTranscript(transcript, { protocol, place: server })
    }
  })
}

/** Errors and notifications that no transcript can provoke reliably. Each is tested elsewhere. */
const beyondTranscripts = new Set([
  'internal',
  'bad-origin',
  'no-such-page',
  'wrong-verb',
  'too-late',
  'too-slow',
  'rate-limited',
  'too-many',
  'unavailable',
  'outcome-unknown',
  'storage-full',
  'server.closing',
  'game.presence',
])

test('every method, notification and error is in a transcript', () => {
  const all = [...sources.values()].join('\n')
  const missing = [
    ...methodNames.filter((name) => !all.includes(`"method":"${name}"`)),
    ...Object.keys(notifications).filter((name) => !all.includes(`"method":"${name}"`)),
    ...errorNames.filter(
      (name) => !all.includes(`"name":"${name}"`) && !all.includes(`ERR ${errorRow(name).code} ${name}:`),
    ),
  ].filter((name) => !beyondTranscripts.has(name))
  assert.deepEqual(missing, [], 'Add these to a transcript in spec/transcripts:')
})
