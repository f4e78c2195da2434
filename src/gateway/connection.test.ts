/** The connections of every protocol that stays, against the contract, over real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { holdingClock } from '../base/index.ts'
import type { Connection, Talk } from '../service/index.ts'
import {
  connectionContract,
  type ConnectionReader,
  type ConnectionStand,
} from '../service/sessions/connection-contract.ts'
import type { Caller } from './host.ts'
import { open as openGateway } from './testing/open.ts'
import { StubCaller, StubHost } from './testing/stub-host.ts'

/** Longer than anything takes to arrive on this machine that is not held back. */
const settleMs = 20

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => void holdingClock.after(ms, resolve))
}

/** What chooses the protocol of JSON lines, and that for people; no message of a check. */
const knocks: readonly string[] = ['{"knock":1}', 'knock']

/** Calls the talk that a check has made; what the protocol asks by itself is answered after a few turns of the loop. */
class Relay extends StubCaller implements Caller {
  readonly #talk: Talk

  constructor(connection: Connection, host: StubHost, talk: Talk) {
    super(connection, host)
    this.#talk = talk
  }

  override hear(message: string, heardAt?: number): void {
    if (!knocks.includes(message)) this.#talk.hear(message, heardAt)
  }

  override end(): void {
    this.#talk.end()
  }
}

class Protocol extends StubHost {
  readonly met = Promise.withResolvers<void>()
  readonly #makeTalk: (connection: Connection) => Talk

  constructor(makeTalk: (connection: Connection) => Talk) {
    super()
    this.#makeTalk = makeTalk
  }

  override connect(connection: Connection): StubCaller {
    this.gate = pass(settleMs / 2)
    const relay = new Relay(connection, this, this.#makeTalk(connection))
    this.met.resolve()
    return relay
  }
}

type Dial = (url: URL) => Promise<ConnectionReader>

/** Protocols of lines: the first byte says which one it is. */
const dialLines =
  (first: string): Dial =>
  async ({ hostname, port }) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true })
    const got: string[] = []
    let rest = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) got.push(line)
    })
    socket.on('error', () => {}).on('end', () => socket.end())
    // Not for the talk: it chooses the protocol.
    socket.write(`${first}\n`)
    return {
      got,
      get isOver() {
        return socket.readableEnded
      },
      say: (...messages) => void socket.write(messages.map((message) => `${message}\n`).join('')),
      leave: () => void socket.resetAndDestroy(),
      endHalf: () => void socket.end(),
      setReading: (isReading) => void (isReading ? socket.resume() : socket.pause()),
    }
  }

const dialWebSocket: Dial = async ({ host }) => {
  const ws = new WebSocket(`ws://${host}/ws`)
  const got: string[] = []
  let isOver = false
  ws.on('message', (data: Buffer) => got.push(data.toString())).on('error', () => {})
  ws.on('close', () => (isOver = true))
  await once(ws, 'open')
  return {
    got,
    get isOver() {
      return isOver
    },
    say: (...messages) => {
      for (const message of messages) ws.send(message)
    },
    leave: () => ws.terminate(),
    setReading: (isReading) => (isReading ? ws.resume() : ws.pause()),
  }
}

/** A stream of changes of the game `main`; the state that it begins with is no message of a check. */
const dialChanges =
  (accept: string, parse: (event: string) => string | null, separator: string): Dial =>
  async ({ host }) => {
    const request = get(`http://${host}/games/main/changes`, { headers: { Accept: accept }, agent: false })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const got: string[] = []
    let rest = ''
    let isOver = false
    response.setEncoding('utf8').on('data', (text: string) => {
      const events = (rest + text).split(separator)
      rest = events.pop() ?? ''
      for (const event of events) {
        const message = parse(event)
        if (message !== null && !message.includes('game.changed')) got.push(message)
      }
    })
    response.on('error', () => {}).on('close', () => (isOver = true))
    return {
      got,
      get isOver() {
        return isOver
      },
      leave: () => void response.destroy(),
      setReading: (isReading) => void (isReading ? response.resume() : response.pause()),
    }
  }

/** A server-sent event as the message that it was. */
function parseEvent(event: string): string | null {
  const parts = /^event: (?<method>.*)\n(?:id: .*\n)?data: (?<params>.*)$/s.exec(event)?.groups
  return parts === undefined ? null : `{"jsonrpc":"2.0","method":"${parts['method']}","params":${parts['params']}}`
}

const protocols: Readonly<Record<string, Dial>> = {
  text: dialLines('knock'),
  lines: dialLines('{"knock":1}'),
  WebSocket: dialWebSocket,
  'changes as events': dialChanges('text/event-stream', parseEvent, '\n\n'),
  'changes as lines': dialChanges('application/x-ndjson', (line) => (line === '' ? null : line), '\n'),
}

function stand(t: TestContext, dial: Dial): ConnectionStand {
  return {
    async open(makeTalk) {
      const host = new Protocol(makeTalk)
      const { gateway } = await openGateway(t, { service: host })
      const reader = await dial(new URL(gateway.address.url))
      t.after(() => reader.leave())
      await host.met.promise
      return reader
    },
    settle: () => pass(settleMs),
  }
}

for (const [protocol, dial] of Object.entries(protocols))
  for (const { title, run } of connectionContract) test(`${protocol}: ${title}`, (t) => run(stand(t, dial)))

test('an exchange of HTTP answers with the first message that is sent, once, and who waits is called when it has left', async (t) => {
  const called: string[] = []
  const host = new Protocol((connection) => ({
    hear(message) {
      connection.whenSent?.(() => called.push('sent'))
      connection.sendNewest('key', '"a state"')
      connection.send(message)
      connection.send('"another one"')
      connection.close(1000, 'over')
    },
    end: () => void called.push('end'),
  }))
  const { url } = await openGateway(t, { service: host })
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${url}/rpc`, { method: 'POST', headers, body: '{"question":1}' })
  assert.equal(await answer.text(), '{"question":1}')
  while (!called.includes('sent')) await pass(settleMs)
  assert.equal(called.filter((what) => what === 'sent').length, 1)
  assert.ok(called.includes('end'))
})
