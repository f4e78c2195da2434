/**
 * A push service that Firefox subscribes to: it takes messages by HTTP as a real one does, and hands them on by the protocol
 * that Firefox speaks to Mozilla's, JSON on a WebSocket: hello, register, notification, ack, unregister.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type WebSocket, WebSocketServer } from 'ws'

/** What Firefox sends. */
interface Request {
  readonly messageType?: string
  readonly uaid?: string
  readonly channelID?: string
  readonly updates?: readonly { readonly code: number }[]
}

/** The code of an acknowledged message that the browser could read. */
const readCode = 100

export class FirefoxPushService implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets: WebSocketServer
  /** The channel of each subscription, and the connection of its browser. */
  readonly #channels = new Map<string, WebSocket>()
  #browser = randomUUID()
  #read = 0

  private constructor(server: Server) {
    this.#server = server
    this.#sockets = new WebSocketServer({ server })
    this.#sockets.on('connection', (socket) =>
      socket.on('message', (data: Buffer) => this.#answer(socket, JSON.parse(data.toString()) as Request)),
    )
    server.on('request', (request, response) => void this.#handOn(request, response))
  }

  static async open(): Promise<FirefoxPushService> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FirefoxPushService(server)
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The channels of all subscriptions. */
  get channels(): readonly string[] {
    return [...this.#channels.keys()]
  }

  /** The number of messages that the browser has decrypted. */
  get read(): number {
    return this.#read
  }

  /** Ends all subscriptions: the browser connects again and is told that it is a new one. */
  endSubscriptions(): void {
    this.#browser = randomUUID()
    this.#channels.clear()
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #answer(socket: WebSocket, { messageType, channelID = '', updates = [] }: Request): void {
    const reply = (fields: object): void => socket.send(JSON.stringify({ messageType, status: 200, ...fields }))
    if (messageType === 'hello') reply({ uaid: this.#browser, use_webpush: true })
    if (messageType === 'register') {
      this.#channels.set(channelID, socket)
      reply({ channelID, pushEndpoint: `${this.origin}/${channelID}` })
    }
    if (messageType === 'unregister') {
      this.#channels.delete(channelID)
      reply({ channelID })
    }
    if (messageType === 'ack') this.#read += updates.filter(({ code }) => code === readCode).length
  }

  /** Sends the body of a request to the browser of its channel, without a look into it. */
  async #handOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const channelID = request.url?.slice(1) ?? ''
    const socket = this.#channels.get(channelID)
    const body = await buffer(request)
    if (socket === undefined) return void response.writeHead(410).end()
    const encoding = String(request.headers['content-encoding'])
    const content = { version: randomUUID(), data: body.toString('base64url'), headers: { encoding } }
    socket.send(JSON.stringify({ messageType: 'notification', channelID, ...content }))
    response.writeHead(201).end()
  }
}
