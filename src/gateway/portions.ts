/** Hands what arrives at a socket to its reader a little at a time, so that much in one piece holds nobody else up. */
import type { Duplex } from 'node:stream'
import type { Floor } from './hearing.ts'

/** What is read of one connection before others have had a turn, in bytes: of the smallest frames half a millisecond's work. */
const portionBytes = 1_024

type Read = (this: Duplex, chunk: Buffer) => void

export class Portions {
  readonly #socket: Duplex
  readonly #floor: Floor
  /** The one listener for data that the socket had. */
  readonly #read: Read
  readonly #take: (chunk: Buffer) => void
  /** What has arrived and was not read yet. */
  #rest: Buffer | null = null
  #isHeld = false
  #isScheduled = false

  /** Stands in for the socket's one listener for data until whoever added that removes it. */
  constructor(socket: Duplex, floor: Floor) {
    this.#socket = socket
    this.#floor = floor
    const [read] = socket.listeners('data')
    this.#read = read as Read
    // Node removes a listener also by the one that it stands for.
    this.#take = Object.assign((chunk: Buffer) => this.#arrived(chunk), { listener: read })
    socket.removeListener('data', this.#read)
    socket.on('data', this.#take)
  }

  /** Nothing more is read for now. */
  pause(): void {
    this.#isHeld = true
    this.#socket.pause()
  }

  /** Reading goes on, with what is left from before. */
  resume(): void {
    this.#isHeld = false
    if (this.#rest === null) this.#socket.resume()
    else this.#readLater()
  }

  #arrived(chunk: Buffer): void {
    if (this.#rest === null && chunk.length <= portionBytes) return this.#read.call(this.#socket, chunk)
    this.#rest = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    this.#readLater()
  }

  /** Its reader may have let the socket flow meanwhile: what would come now would be kept as well. */
  #readLater(): void {
    this.#socket.pause()
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#floor.wait(this.#goOn)
  }

  readonly #goOn = (): void => {
    this.#isScheduled = false
    const rest = this.#rest
    if (rest === null || this.#isHeld) return
    if (!this.#socket.rawListeners('data').includes(this.#take)) return void (this.#rest = null)
    this.#rest = rest.length > portionBytes ? rest.subarray(portionBytes) : null
    this.#read.call(this.#socket, rest.subarray(0, portionBytes))
    if (this.#isHeld) return
    if (this.#rest === null) this.#socket.resume()
    else this.#readLater()
  }
}
