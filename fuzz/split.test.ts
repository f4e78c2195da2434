/** The same bytes in any pieces get the same replies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { record } from '../e2e/lib/record.ts'
import { seededRandom, silentLog, systemClock } from '../src/base/index.ts'
import { type Caller, type Host, openGateway } from '../src/gateway/index.ts'
import { StubHost } from '../src/gateway/testing/stub-host.ts'
import type { Connection } from '../src/service/index.ts'
import { readCorpus } from './lib/corpus.ts'
import { openHouse } from './lib/server-in-process.ts'
import { parseFrames } from './lib/judge.ts'
import { makeInput } from './lib/mutate.ts'
import { piecesOf, type Place, randomPieces, talk, type TalkOptions } from './lib/talk.ts'
import { upgrade } from './lib/websocket-talk.ts'
import { doorTargets } from './targets/protocols.ts'

const seed = 1952
/** Inputs of each protocol that are cut up; and how long they may be, for the smallest pieces take time. */
const inputsPerProtocol = 60
const bytesMax = 600

const cuts: Readonly<Record<string, () => NonNullable<TalkOptions['pieces']>>> = {
  '1': () => piecesOf(1),
  '2': () => piecesOf(2),
  '3': () => piecesOf(3),
  '7': () => piecesOf(7),
  random: () => randomPieces(seededRandom(seed)),
}

type Wrap = (host: Host) => Host

/** What one input leads to behind a gateway whose host answers every message in turn. */
async function echo(input: Buffer, pieces: TalkOptions['pieces'], wrap: Wrap = (host) => host): Promise<string> {
  const stub = new StubHost()
  const options = { host: '127.0.0.1', port: 0, log: silentLog, clock: systemClock }
  const gateway = await openGateway({
    ...options,
    service: wrap(stub),
    limits: { connectionsPerAddress: 0, requestsPerSecond: 0 },
  })
  const got = await hear(gateway.address, input, pieces)
  await gateway.close()
  const isWebSocket = input.subarray(0, 7).equals(Buffer.from('GET /ws'))
  return `${stub.heard.join('\n')}\n---\n${isWebSocket ? endOf(got) : got.replace(lastWord, '')}`
}

/** Behind whole requests a stream that is no HTTP ends; whether it is told so first depends on what is still owed. */
const lastWord = /HTTP\/1\.1 400 Bad Request\r\n(?:[\w-]+: .*\r\n)+\r\n\{[^{}]*"this is not HTTP\/1\.1"[^{}]*\}$/

/** A WebSocket that is closed, or broken off, gets no more answers: how it ends is the same, which came before is not. */
function endOf(got: string): string {
  const frames = parseFrames(Buffer.from(got.slice(got.indexOf('\r\n\r\n') + 4), 'latin1'))
  return frames
    .filter(({ opcode }) => opcode === 8)
    .map(({ opcode, payload }) => `${opcode} ${payload.toString('latin1')}`)
    .join('\n')
}

async function hear(place: Place, input: Buffer, pieces: TalkOptions['pieces']): Promise<string> {
  const { got } = await talk(place, input, pieces === undefined ? {} : { pieces })
  return got.toString('latin1').replaceAll(/Date: .*\r\n/g, '')
}

function inputsOf(name: string, words: readonly string[], count: number): readonly Buffer[] {
  const corpus = readCorpus(name)
  const made = Array.from({ length: count * 3 }, (_, index) => makeInput({ corpus, words }, seed, index))
  // The stand-in that answers closes at "quit" some time later: what comes behind it depends on when.
  return made.filter((input) => input.length > 0 && input.length <= bytesMax && !input.includes('quit')).slice(0, count)
}

let compared = 0

for (const { name, words } of doorTargets)
  test(`[W3] ${name}: what is heard and what is answered does not depend on how the bytes were cut`, async () => {
    const greeting = name === 'websocket' ? upgrade : ''
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
    record('split', {
      promise: 'the same bytes in pieces of 1, 2, 3, 7 and random sizes get the same replies, at each protocol',
      test: 'fuzz/split.test.ts',
      figure: `${compared} conversations, 0 differ`,
      command: 'node --test fuzz/split.test.ts',
    })
  })

/** Whole conversations with a real service, in which every answer is told by what came before it. */
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

for (const [protocol, said] of Object.entries(conversations))
  test(`[W3] ${protocol}: nor does what the service answers`, async () => {
    const replies = new Set<string>()
    for (const pieces of [undefined, ...Object.values(cuts)]) {
      await using house = await openHouse({ isLive: false, random: seededRandom(seed) })
      const got = await hear(house, Buffer.from(said), pieces?.())
      // Answers to different requests may overtake each other; each is the same.
      replies.add(protocol === 'lines' ? got.split('\n').sort().join('\n') : got)
    }
    assert.equal(replies.size, 1, [...replies].join('\n=====\n'))
  })

/** Hears nothing of a message that comes right behind another: as a reader does that takes a chunk for a message. */
const forgetful: Wrap = (host) => ({
  history: host.history,
  stateOf: (game) => host.stateOf(game),
  connect(connection: Connection): Caller {
    const caller = host.connect(connection)
    let isFresh = true
    return {
      hear(message) {
        if (isFresh) caller.hear(message)
        isFresh = false
        setImmediate(() => (isFresh = true))
      },
      call: (method, params) => caller.call(method, params),
      finish: () => caller.finish(),
      end: () => caller.end(),
    }
  },
  allowance: (address) => host.allowance(address),
  readiness: () => host.readiness(),
  drain: (reason, reconnectInMs) => host.drain(reason, reconnectInMs),
})

test('a reader that takes a chunk for a message is caught', async () => {
  const target = doorTargets[0]
  assert.ok(target !== undefined)
  let tried = 0
  for (const input of inputsOf(target.name, target.words, inputsPerProtocol)) {
    tried++
    if ((await echo(input, undefined, forgetful)) !== (await echo(input, piecesOf(1), forgetful))) break
  }
  assert.ok(tried < inputsPerProtocol, 'it was not')
  record('split', { planted: 'a chunk is taken for a message', caughtAfter: `input ${tried}` })
})
