/** One connection of a checked client, as faults see it: JSON lines or a WebSocket. */
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface ClientRequest {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** What a link reports to. */
export interface LinkOwner {
  noteFault(): void
  /** Accepts no connection for some time. */
  closeFor(ms: number): void
}

export interface LinkListener {
  readonly heard: (message: string) => void
  readonly closed: () => void
}

export abstract class ClientLink {
  /** Whether nothing leaves any more, although the connection is open. */
  isMuted = false
  readonly #owner: LinkOwner

  constructor(owner: LinkOwner) {
    this.#owner = owner
  }

  abstract start(listener: LinkListener): void
  abstract end(): void
  protected abstract write(message: string): void
  /** Writes one message as two pieces. */
  protected abstract writePieces(message: string): void
  protected abstract writeBeat(): void
  /** Ends the connection after the first characters of a message. */
  protected abstract tear(part: string): void

  send(message: string): void {
    if (!this.isMuted) this.write(message)
  }

  /** Sends a message as two pieces, and a heartbeat with the second. */
  sendInPieces(message: string): void {
    if (!this.isMuted) this.writePieces(message)
  }

  beat(): void {
    if (!this.isMuted) this.writeBeat()
  }

  /** Ends the connection after a part of a message. */
  cut(part = ''): void {
    this.#owner.noteFault()
    this.tear(part)
  }

  /** Sends nothing more, and keeps the connection open. */
  mute(): void {
    this.#owner.noteFault()
    this.isMuted = true
  }

  /** Sends a message that the server did not send. */
  tell(message: object): void {
    this.send(JSON.stringify(message))
  }

  refuse(request: ClientRequest, code: number, data: Readonly<Record<string, unknown>>): void {
    this.#owner.noteFault()
    this.tell({ jsonrpc: '2.0', id: request.id, error: { code, message: 'refused to see what the client does', data } })
  }

  closeFor(ms: number): void {
    this.#owner.closeFor(ms)
  }
}

export class LineLink extends ClientLink {
  readonly #socket: Socket

  constructor(socket: Socket, owner: LinkOwner) {
    super(owner)
    this.#socket = socket
  }

  start({ heard, closed }: LinkListener): void {
    this.#socket.on('close', closed)
    onLines(this.#socket, heard)
  }

  end(): void {
    if (!this.isMuted) this.#socket.destroy()
  }

  protected write(message: string): void {
    if (this.#socket.writable) this.#socket.write(`${message}\n`)
  }

  protected writePieces(message: string): void {
    this.#socket.write(message.slice(0, 9))
    setImmediate(() => this.#socket.writable && this.#socket.write(`${message.slice(9)}\n\n`))
  }

  protected writeBeat(): void {
    this.write('')
  }

  protected tear(part: string): void {
    this.#socket.end(part)
    this.#socket.destroySoon()
  }
}

/** A text frame of 126 to 65,535 bytes. */
const textFrame = 0x81
const length16 = 126

export class FrameLink extends ClientLink {
  readonly #webSocket: WebSocket
  readonly #socket: Socket

  constructor(webSocket: WebSocket, socket: Socket, owner: LinkOwner) {
    super(owner)
    this.#webSocket = webSocket
    this.#socket = socket
  }

  start({ heard, closed }: LinkListener): void {
    this.#webSocket.on('error', () => {})
    this.#webSocket.on('close', closed)
    this.#webSocket.on('message', (data: Buffer) => heard(data.toString('utf8')))
  }

  end(): void {
    if (!this.isMuted) this.#webSocket.terminate()
  }

  protected write(message: string): void {
    if (this.#socket.writable) this.#webSocket.send(message)
  }

  protected writePieces(message: string): void {
    this.#webSocket.send(message.slice(0, 9), { fin: false })
    this.#webSocket.send(message.slice(9), { fin: true }, () => this.writeBeat())
  }

  protected writeBeat(): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping()
  }

  protected tear(part: string): void {
    if (part !== '') this.#socket.write(Buffer.from([textFrame, length16, 0xff, 0xff, ...Buffer.from(part)]))
    this.#socket.destroySoon()
  }
}

/** A server for `/ws` that never listens. */
export function serveWebSocket(join: (webSocket: WebSocket, socket: Socket) => void): Server {
  const webSockets = new WebSocketServer({ noServer: true })
  const server = createServer((_, response) => response.writeHead(404).end())
  server.on('upgrade', (request, socket: Socket, head) => {
    if (request.url?.split('?')[0] === '/ws')
      webSockets.handleUpgrade(request, socket, head, (webSocket) => join(webSocket, socket))
    else socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
  })
  return server
}

export function onLines(socket: Socket, call: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) call(line)
  })
}
