/** Runs the connection contract against the lasting connections of every protocol but text, over real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { holdingClock } from '../base/index.ts'
import { type Connection, SharedNotification } from '../service/index.ts'
import {
  connectionContract,
  type ConnectionReader,
  type ConnectionStand,
  type SessionStub,
} from '../service/sessions/connection-contract.ts'
import { openWithStub as openGateway } from './testing/open.ts'
import { StubHost, StubSession } from './testing/stub-host.ts'

/** Longer than a message takes to arrive on this machine, unless it is held back. */
const settleMs = 20

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void holdingClock.after(ms, resolve))
}

/** The first line only chooses the protocol; it is not part of a check. */
const firstLine = '{"first":1}'

/** Forwards messages to the session of a check. Calls by the protocol itself are answered after a few turns of the event loop. */
class Relay extends StubSession {
  readonly #session: SessionStub

  constructor(connection: Connection, host: StubHost, session: SessionStub) {
    super(connection, host)
    this.#session = session
  }

  override hear(message: string, heardAt?: number): void {
    if (message !== firstLine) this.#session.hear(message, heardAt)
  }

  override end(): void {
    this.#session.end()
  }
}

class Protocol extends StubHost {
  readonly met = Promise.withResolvers<void>()
  readonly #makeSession: (connection: Connection) => SessionStub

  constructor(makeSession: (connection: Connection) => SessionStub) {
    super()
    this.#makeSession = makeSession
  }

  override connect(connection: Connection): StubSession {
    this.gate = sleep(settleMs / 2)
    const relay = new Relay(connection, this, this.#makeSession(connection))
    this.met.resolve()
    return relay
  }
}

type Dial = (url: URL) => Promise<ConnectionReader>

const dialLines: Dial = async ({ hostname, port }) => {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true })
  const got: string[] = []
  let rest = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) got.push(line)
  })
  socket.on('error', () => {}).on('end', () => socket.end())
  socket.write(`${firstLine}\n`)
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

/** Dials a stream of changes of the game `main`. Its initial state is not part of a check. */
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

/** Converts a server-sent event back to the message. */
function parseEvent(event: string): string | null {
  const { method, data } = /^(?:event: (?<method>.*)\n)?(?:id: .*\n)?data: (?<data>.*)$/s.exec(event)?.groups ?? {}
  return data === undefined
    ? null
    : method === undefined
      ? data
      : `{"jsonrpc":"2.0","method":"${method}","params":${data}}`
}

const protocols: Readonly<Record<string, Dial>> = {
  lines: dialLines,
  WebSocket: dialWebSocket,
  'changes as events': dialChanges('text/event-stream', parseEvent, '\n\n'),
  'changes as lines': dialChanges('application/x-ndjson', (line) => (line === '' ? null : line), '\n'),
}

function stand(t: TestContext, dial: Dial): ConnectionStand {
  return {
    async open(makeSession) {
      const host = new Protocol(makeSession)
      const { gateway } = await openGateway(t, { service: host })
      const reader = await dial(new URL(gateway.address.url))
      t.after(() => reader.leave())
      await host.met.promise
      return reader
    },
    settle: () => sleep(settleMs),
  }
}

for (const [protocol, dial] of Object.entries(protocols))
  for (const { title, run } of connectionContract) test(`${protocol}: ${title}`, (t) => run(stand(t, dial)))

test('an HTTP request is answered with the first message that is sent, once, and whenSent calls back when the answer was sent', async (t) => {
  const called: string[] = []
  const host = new Protocol((connection) => ({
    hear(message) {
      connection.whenSent?.(() => called.push('sent'))
      connection.notify(new SharedNotification('server.closing', { reason: 'a state', reconnectInMs: 0 }, 'key'))
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
  while (!called.includes('sent')) await sleep(settleMs)
  assert.equal(called.filter((what) => what === 'sent').length, 1)
  assert.ok(called.includes('end'))
})
