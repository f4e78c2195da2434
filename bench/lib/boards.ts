/**
 * Open boards that are played on several servers at once: long games, so that nothing but moves is counted. Each board is
 * moved on by the player who was answered last, as fast as the answers come, or at a rate.
 */
import { Links } from './link.ts'
import { openJoinedLines, type Wire } from './lines.ts'

const side = 25
/** A board is cleared before it is full. */
const movesMax = 600
const connectionsPerServer = 4

interface Board {
  readonly id: string
  readonly index: number
  readonly wire: Wire
  /** Of the move that is under way or was made last. */
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

  /** `count` boards on the servers at these ports, evenly. */
  static async open(ports: readonly number[], count: number): Promise<Boards> {
    const boards = new Boards()
    const name = crypto.randomUUID().slice(0, 8)
    for (const [place, port] of ports.entries()) {
      const links = new Links(port, (reason) => {
        throw new Error(reason)
      })
      boards.#links.push(links)
      const wires: Wire[] = []
      for (let each = 0; each < connectionsPerServer; each++)
        wires.push(await openJoinedLines(links, (message) => boards.#hear(message)))
      for (let index = place; index < count; index += ports.length)
        boards.#add(`${name}-${index}`, wires[Math.floor(index / ports.length) % wires.length])
    }
    await boards.#created.promise
    return boards
  }

  readonly #created = Promise.withResolvers<void>()

  /** Moves a second, of all boards; 0: as many as are answered. */
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

  #add(id: string, wire: Wire | undefined): void {
    if (wire === undefined) throw new RangeError('a server without a connection')
    const board = { id, index: this.#boards.length, wire, moves: 0, version: 0, isWaiting: true }
    this.#boards.push(board)
    const rules = `${side},${side},${side}`
    this.#ask(board, 'game.create', `"game":"${id}","seats":"open","rules":"${rules}"`)
  }

  #ask({ wire, index }: Board, method: string, params: string): void {
    wire.send(`{"jsonrpc":"2.0","id":${index},"method":"${method}","params":{${params}}}`)
  }

  #hear(message: string): void {
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

  /** The next board that is not waiting; none: the rate is more than the servers take. */
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
      return this.#ask(board, 'game.restart', `"game":"${id}","version":${version}`)
    }
    board.moves++
    const [x, y] = [moves % side, Math.floor(moves / side)]
    this.#ask(board, 'game.move', `"game":"${id}","version":${version},"x":${x},"y":${y}`)
  }
}
