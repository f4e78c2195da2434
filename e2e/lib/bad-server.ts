/** A server with a planted bug in JSON lines: a proxy changes what goes through. Other protocols pass as they are. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Endpoint } from '../../src/conformance/endpoint.ts'

/** What becomes of a line; null: nothing arrives. */
type Change = (line: string) => string | null

interface LineBug {
  /** A rule that the failures must name. */
  readonly rule: string
  readonly toServer?: Change
  readonly fromServer?: Change
  /** Whether of two answers that come within some milliseconds the later one is sent first. */
  readonly swapsAnswers?: boolean
}

const isAnswer = (line: string): boolean => /"(?:result|error)":/.test(line)

/** Bugs that a server in another language may have. */
export const lineBugs = {
  'wrong error code': { rule: 'P3', fromServer: (line) => line.replace('"code":4092', '"code":4091') },
  'wrong advice after an error': {
    rule: 'P3',
    fromServer: (line) => line.replace('"retry":"refresh"', '"retry":"same"'),
  },
  'lost version': {
    rule: 'G9',
    fromServer: (line) =>
      isAnswer(line)
        ? line.replace(/"version":([3-9])/, (_, version: string) => `"version":${Number(version) - 1}`)
        : line,
  },
  'missing notification': {
    rule: 'S2',
    fromServer: (line) => (line.includes('"method":"game.changed"') ? null : line),
  },
  'wrong order': { rule: 'S7', swapsAnswers: true },
  'extra member': { rule: 'P5', fromServer: (line) => line.replace('"result":{"game"', '"result":{"debug":1,"game"') },
  'a repeat is a second move': {
    rule: 'S3',
    toServer: (line) => (line.includes('"game.move"') ? line.replace(/"version":\d+,/, '') : line),
  },
  'a bare id is lost': { rule: 'P1', fromServer: (line) => line.replace('"id":0', '"id":null') },
} as const satisfies Readonly<Record<string, LineBug>>

export class BadServer implements AsyncDisposable {
  readonly #server = createServer((client) => this.#join(client))
  readonly #sockets = new Set<Socket>()
  readonly #place: Endpoint
  readonly #bug: LineBug

  private constructor(place: Endpoint, bug: LineBug) {
    this.#place = place
    this.#bug = bug
  }

  static async open(place: Endpoint, bug: LineBug): Promise<BadServer> {
    const server = new BadServer(place, bug)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get place(): Endpoint {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const server = connect({ ...this.#place, allowHalfOpen: true })
    client.allowHalfOpen = true
    for (const socket of [client, server]) {
      this.#sockets.add(socket.setNoDelay())
      socket.on('error', () => {})
    }
    client.once('data', (first: Buffer) => {
      const isLines = first.toString('latin1').trimStart().startsWith('{')
      const { toServer = pass, fromServer = pass, swapsAnswers = false } = this.#bug
      if (isLines) {
        relay(client, server, { change: toServer, swaps: false }, first)
        relay(server, client, { change: fromServer, swaps: swapsAnswers })
      } else {
        forward(client, server, first)
        forward(server, client)
      }
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('close', () => other.destroy())
  }
}

const pass: Change = (line) => line

/** What becomes of the bytes in one direction. */
interface Lane {
  readonly change: Change
  readonly swaps: boolean
}

/** Forwards what comes, `first` before everything else. Latin-1 keeps every byte. */
function relay(from: Socket, to: Socket, { change, swaps }: Lane, first: Buffer = Buffer.alloc(0)): void {
  let rest = ''
  let held: string | null = null
  const write = (text: string): void => void to.write(text, 'latin1')
  const release = (): void => {
    if (held !== null) write(held)
    held = null
  }
  const send = (line: string): void => {
    const text = `${line}\n`
    if (swaps && held === null && isAnswer(line)) {
      held = text
      setTimeout(release, 8)
      return
    }
    write(text)
    release()
  }
  const take = (bytes: Buffer): void => {
    const lines = (rest + bytes.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.map(change)) if (line !== null) send(line)
  }
  from.on('data', take)
  from.on('end', () => {
    release()
    write(rest)
    to.end()
  })
  take(first)
}

/** Forwards every byte when it comes. */
function forward(from: Socket, to: Socket, first: Buffer = Buffer.alloc(0)): void {
  to.write(first)
  from.pipe(to)
}
