/**
 * Plays open boards on several servers at once. The games are long, so that only moves are counted. Each board gets its next
 * move as soon as the last one is answered, or at a fixed rate.
 */
import { Links } from './link.ts'
import { openJoinedLines, type MessageSender } from './lines.ts'

const side = 25
/** A board is cleared before it is full. */
const movesMax = 600
const connectionsPerServer = 4

interface Board {
  readonly id: string
  readonly index: number
  readonly wire: MessageSender
  /** The number of the move that is in flight or was made last. */
  moves: number
  version: number
  isWaiting: boolean
}

export class Boards implements Disposable {
  readonly #links: Links[] = []
  readonly #boards: Board[] = []
  #rate = 0
  #next = 0
  #timer: NodeJS.Timeout | null = null
  #isPlaying = false
  moves = 0

  /** Creates `count` boards, divided evenly among the servers at these ports. */
  static async open(ports: readonly number[], count: number): Promise<Boards> {
    const boards = new Boards()
    const name = crypto.randomUUID().slice(0, 8)
    for (const [place, port] of ports.entries()) {
      const links = new Links(port, (reason) => {
        throw new Error(reason)
      })
      boards.#links.push(links)
      const wires: MessageSender[] = []
      for (let each = 0; each < connectionsPerServer; each++)
        wires.push(await openJoinedLines(links, (message) => boards.#receive(message)))
      for (let index = place; index < count; index += ports.length)
        boards.#add(`${name}-${index}`, wires[Math.floor(index / ports.length) % wires.length])
    }
    await boards.#created.promise
    return boards
  }

  readonly #created = Promise.withResolvers<void>()

  /** @param rate Moves a second, of all boards together; 0: the next move follows each answer at once. */
  play(rate = 0): void {
    this.#isPlaying = true
    this.#rate = rate
    if (rate === 0) return this.#boards.forEach((board) => this.#move(board))
    const begun = performance.now()
    let sent = 0
    this.#timer = setInterval(() => {
      for (; sent < ((performance.now() - begun) / 1_000) * rate; sent++) this.#moveNext()
    }, 1)
  }

  [Symbol.dispose](): void {
    this.#isPlaying = false
    if (this.#timer !== null) clearInterval(this.#timer)
    for (const links of this.#links) links.close()
  }

  #add(id: string, wire: MessageSender | undefined): void {
    if (wire === undefined) throw new RangeError('a server without a connection')
    const board = { id, index: this.#boards.length, wire, moves: 0, version: 0, isWaiting: true }
    this.#boards.push(board)
    const rules = `${side},${side},${side}`
    this.#request(board, 'game.create', `"game":"${id}","seats":"open","rules":"${rules}"`)
  }

  #request({ wire, index }: Board, method: string, params: string): void {
    wire.send(`{"jsonrpc":"2.0","id":${index},"method":"${method}","params":{${params}}}`)
  }

  #receive(message: string): void {
    const index = /^\{"jsonrpc":"2.0","id":(\d+),"result"/.exec(message)?.[1]
    if (index === undefined) {
      if (message.includes('"error"')) throw new Error(message)
      return
    }
    const board = this.#boards[Number(index)]
    if (board === undefined) throw new Error(message)
    board.version++
    board.isWaiting = false
    if (board.version > 1) this.moves++
    else if (this.#boards.every(({ version }) => version > 0)) this.#created.resolve()
    if (this.#isPlaying && this.#rate === 0) this.#move(board)
  }

  /** Moves on the next board that is not waiting. If there is none, the rate is more than the servers can serve. */
  #moveNext(): void {
    for (let tries = 0; tries < this.#boards.length; tries++) {
      const board = this.#boards[this.#next++ % this.#boards.length]
      if (board?.isWaiting === false) return this.#move(board)
    }
  }

  #move(board: Board): void {
    board.isWaiting = true
    const { id, version, moves } = board
    if (moves >= movesMax) {
      board.moves = 0
      return this.#request(board, 'game.restart', `"game":"${id}","version":${version}`)
    }
    board.moves++
    const [x, y] = [moves % side, Math.floor(moves / side)]
    this.#request(board, 'game.move', `"game":"${id}","version":${version},"x":${x},"y":${y}`)
  }
}
