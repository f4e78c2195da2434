/** The same bytes get the same replies, however they are split into packets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { seededRandom, silentLog, systemClock, VirtualClock } from '../src/base/index.ts'
import { type Host, openGateway } from '../src/gateway/index.ts'
import { StubHost } from '../src/gateway/testing/stub-host.ts'
import { withMethods, withSessions } from '../src/gateway/testing/wrap-host.ts'
import { readCorpus } from './lib/corpus.ts'
import { openTestServer } from '../src/gateway/testing/server.ts'
import { parseFrames } from './lib/judge.ts'
import { makeInput } from './lib/mutate.ts'
import { piecesOf, randomPieces, talk, type RawConversationOptions } from './lib/raw-conversation.ts'
import type { Endpoint } from '../src/conformance/endpoint.ts'
import { upgradeToWebSocket } from './lib/websocket-talk.ts'
import { protocolTargets } from './targets/protocols.ts'

const seed = 1952
/** Inputs per protocol, and their greatest length: the smallest pieces take time. */
const inputsPerProtocol = 60
const bytesMax = 600

const cuts: Readonly<Record<string, () => NonNullable<RawConversationOptions['pieces']>>> = {
  '1': () => piecesOf(1),
  '2': () => piecesOf(2),
  '3': () => piecesOf(3),
  '7': () => piecesOf(7),
  random: () => randomPieces(seededRandom(seed)),
}

type Wrap = (host: Host) => Host

/** Sends one input to a gateway whose host echoes every message. Returns the handled messages and the output. */
async function echo(
  input: Buffer,
  pieces: RawConversationOptions['pieces'],
  wrap: Wrap = (host) => host,
): Promise<string> {
  const stub = new StubHost()
  const options = { host: '127.0.0.1', port: 0, log: silentLog, clock: systemClock }
  const gateway = await openGateway({
    ...options,
    service: wrap(stub),
    limits: { connectionsPerAddress: 0, requestsPerSecond: 0 },
  })
  const got = await receive(gateway.address, input, pieces)
  await gateway.close()
  const isWebSocket = got.startsWith('HTTP/1.1 101')
  return `${stub.heard.join('\n')}\n---\n${isWebSocket ? endOf(got) : got.replace(lastWord, '')}`
}

/** The final refusal of a stream that is not HTTP. It is only sent if no answers are pending, so it is ignored. */
const lastWord = /HTTP\/1\.1 400 Bad Request\r\n(?:[\w-]+: .*\r\n)+\r\n\{[^{}]*"this is not HTTP\/1\.1"[^{}]*\}$/

/** The close frames only. A closed WebSocket gets no more answers, so the frames before the close may differ. */
function endOf(got: string): string {
  const frames = parseFrames(Buffer.from(got.slice(got.indexOf('\r\n\r\n') + 4), 'latin1'))
  return frames
    .filter(({ opcode }) => opcode === 8)
    .map(({ opcode, payload }) => `${opcode} ${payload.toString('latin1')}`)
    .join('\n')
}

async function receive(place: Endpoint, input: Buffer, pieces: RawConversationOptions['pieces']): Promise<string> {
  const { got } = await talk(place, input, pieces === undefined ? {} : { pieces })
  return got.toString('latin1').replaceAll(/Date: .*\r\n/g, '')
}

function inputsOf(name: string, words: readonly string[], count: number): readonly Buffer[] {
  const corpus = readCorpus(name)
  const made = Array.from({ length: count * 3 }, (_, index) => makeInput({ corpus, words }, seed, index))
  // The stub host closes some time after "quit", so the result of later bytes depends on timing.
  return made.filter((input) => input.length > 0 && input.length <= bytesMax && !input.includes('quit')).slice(0, count)
}

let compared = 0

for (const { name, words } of protocolTargets)
  test(`[W3] ${name}: the handled messages and the answers do not depend on how the bytes are split`, async () => {
    const greeting = name === 'websocket' ? upgradeToWebSocket : ''
    for (const input of inputsOf(name, words, inputsPerProtocol)) {
      const bytes = Buffer.concat([Buffer.from(greeting), input])
      const whole = await echo(bytes, undefined)
      for (const [cut, pieces] of Object.entries(cuts)) {
        assert.equal(
          await echo(bytes, pieces()),
          whole,
          `${name}, pieces of ${cut}: ${JSON.stringify(input.toString('latin1'))}`,
        )
        compared++
      }
    }
    recordFinding('split', {
      promise: 'the same bytes in pieces of 1, 2, 3, 7 and random sizes get the same replies, at each protocol',
      test: 'fuzz/split.test.ts',
      figure: `${compared} conversations, 0 differ`,
      command: 'node --test fuzz/split.test.ts',
    })
  })

/** Conversations with the real service whose answers are deterministic. */
const conversations: Readonly<Record<string, string>> = {
  text: 'new\nX 1 1\nO 0 0\nX 1 1\nname Zoë\ncreate 4,4,4\n0 0\ngames\nmain\nboard\nnonsense\nquit\n',
  lines: [
    '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"name":"Zoë"}}',
    '{"jsonrpc":"2.0","id":2,"method":"game.create","params":{"game":"cut"}}',
    '{"jsonrpc":"2.0","id":3,"method":"game.move","params":{"game":"cut","x":1}}',
    '[]',
    '{"jsonrpc":"2.0","id":"🙂","method":"lobby.list"}\n',
  ].join('\n'),
  http:
    'POST /games/main/moves HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"x":1,"y":1}' +
    'GET /games/main HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
}

for (const [protocol, sent] of Object.entries(conversations))
  test(`[W3] ${protocol}: the answers of the service do not depend on how the bytes are split`, async () => {
    const replies = new Set<string>()
    for (const pieces of [undefined, ...Object.values(cuts)]) {
      // The clock stands still, so that tokens and clocks are the same in every run.
      await using server = await openTestServer({
        service: { clock: new VirtualClock(1_790_000_000_000), random: seededRandom(seed) },
      })
      const got = await receive(server, Buffer.from(sent), pieces?.())
      // The order of answers to different requests may vary; their contents may not.
      replies.add(protocol === 'lines' ? got.split('\n').sort().join('\n') : got)
    }
    assert.equal(replies.size, 1, [...replies].join('\n=====\n'))
  })

/** Drops a message that arrives in the same chunk as another one, as a reader does that takes a chunk for a message. */
const forgetful: Wrap = (host) =>
  withSessions(host, (connection) => {
    const session = host.connect(connection)
    let isFresh = true
    return withMethods(session, {
      hear(message) {
        if (isFresh) session.hear(message)
        isFresh = false
        setImmediate(() => (isFresh = true))
      },
    })
  })

test('a reader that takes a chunk for a message is detected', async () => {
  const target = protocolTargets.find(({ name }) => name === 'lines')
  assert.ok(target !== undefined)
  let tried = 0
  for (const input of inputsOf(target.name, target.words, inputsPerProtocol)) {
    tried++
    if ((await echo(input, undefined, forgetful)) !== (await echo(input, piecesOf(1), forgetful))) break
  }
  assert.ok(tried < inputsPerProtocol, 'the planted bug was not detected')
  recordFinding('split', { planted: 'a chunk is taken for a message', caughtAfter: `input ${tried}` })
})
