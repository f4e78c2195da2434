/** A load balancer for HTTP: it passes requests and WebSockets to nodes that are ready, as one does in front of a real cluster. */
import { type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { every, systemClock } from '../../base/index.ts'

/** The interval of the checks, and how long one may take, in ms. */
const checkMs = 500
const checkMsMax = 1_000

interface Target {
  readonly url: URL
  /** What its last check showed. unready: it answers, but serves no games. */
  state: 'ready' | 'unready' | 'silent'
  isChecking: boolean
  /** Ends everything that passes to this node. */
  readonly passing: Set<() => void>
}

export class Balancer {
  readonly #targets: readonly Target[]
  readonly #checks = every(systemClock, checkMs, () => this.#check())
  #turn = 0

  constructor(urls: readonly string[]) {
    this.#targets = urls.map((url): Target => ({
      url: new URL(url),
      state: 'ready',
      isChecking: false,
      passing: new Set<() => void>(),
    }))
  }

  close(): void {
    this.#checks.cancel()
    for (const target of this.#targets) leave(target)
  }

  /** Passes a request to a node, and to the next one if that cannot be reached. */
  pass(request: IncomingMessage, response: ServerResponse): void {
    const target = this.#choose(request.method === 'GET' ? this.#turn : this.#turn++)
    if (target === undefined) return void response.writeHead(503).end('No node is ready.\n')
    const { hostname, port } = target.url
    const { method, url: path, headers } = request
    const asked = send({ hostname, port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    const end = (): void => void asked.destroy()
    target.passing.add(end)
    asked.on('error', () => {
      if (response.headersSent) response.destroy()
      else if (request.method === 'GET' && !response.destroyed) {
        target.state = 'silent'
        this.pass(request, response)
      } else response.writeHead(502).end('The node did not answer.\n')
    })
    asked.on('close', () => target.passing.delete(end))
    response.on('close', end)
    request.pipe(asked)
  }

  /** Passes a WebSocket: from its handshake on both directions are bytes. */
  passUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = this.#choose(this.#turn++)
    if (target === undefined) return void socket.destroy()
    const node = connect({ host: target.url.hostname, port: Number(target.url.port), noDelay: true })
    const end = (): void => {
      target.passing.delete(end)
      node.destroy()
      socket.destroy()
    }
    target.passing.add(end)
    for (const side of [node, socket]) side.on('error', end).on('close', end)
    const { method, url, rawHeaders } = request
    const lines = rawHeaders.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('')
    node.write(`${method} ${url} HTTP/1.1\r\n${lines}\r\n`)
    node.write(head)
    node.pipe(socket).pipe(node)
  }

  #choose(turn: number): Target | undefined {
    // If no node is ready, one that answers can still say why.
    const [ready, unready] = (['ready', 'unready'] as const).map((state) =>
      this.#targets.filter((target) => target.state === state),
    )
    const able = ready?.length === 0 ? unready : ready
    return able?.[turn % Math.max(1, able.length)]
  }

  #check(): void {
    for (const target of this.#targets) void this.#checkOne(target)
  }

  async #checkOne(target: Target): Promise<void> {
    if (target.isChecking) return
    target.isChecking = true
    const signal = AbortSignal.timeout(checkMsMax)
    target.state = await fetch(new URL('/readyz', target.url), { signal }).then(
      ({ ok }) => (ok ? 'ready' : 'unready'),
      () => 'silent',
    )
    target.isChecking = false
    // Players of a node that hangs do not notice its end: their connections stay open.
    const hasOther = this.#targets.some(({ state }) => state === 'ready')
    if (target.state === 'silent' || (target.state === 'unready' && hasOther)) leave(target)
  }
}

function leave({ passing }: Target): void {
  for (const end of passing) end()
}
