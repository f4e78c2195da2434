/** The server serves more than one client, whatever the others do. */
import { type Answer, describeAnswer } from '../submission/answer.ts'
import type { SubmissionConnection } from '../submission/connection.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { memoryMib } from '../submission/processes.ts'
import { type GradingCheck, isRefused, notChecked } from './check.ts'
import { isManaged } from './process.ts'

/** Plays a won game while `disturb` runs after the first move. */
async function playWhile(
  server: GradedServer,
  what: string,
  disturb: (game: GradedGame) => Promise<void>,
): Promise<void> {
  const game = await server.newGame()
  const cells = [0, 3, 1, 4, 2]
  for (const [index, cell] of cells.entries()) {
    if (index === 1) await disturb(game)
    const { answer, what: move } = await game.play(cell)
    if (isRefused(answer))
      throw server.explain(
        `${index === 0 ? 'before' : 'while'} ${what}, ${move} was answered by ${describeAnswer(answer)}`,
      )
  }
}

const twoConnections: GradingCheck = {
  id: 'two-connections',
  group: 'clients',
  points: 4,
  title: 'Two connections can be used in turn',
  hint: 'Accept a second connection while the first one is open: a loop over select, poll or a selector reads from all of them.',
  disturbs: true,
  async run({ server }) {
    if (server.description.connect === 'player') return playWhile(server, 'two players are connected', async () => {})
    const second = await server.open('second')
    await playWhile(server, 'a second connection is open', async (game) => {
      const answer = await askOn(server, game, second)
      if (answer.kind === 'none')
        throw server.explain(`a request on a second connection was answered by ${describeAnswer(answer)}`)
    })
    second.close()
  },
}

/** Sends a request that changes nothing: for the board, or a move to the cell that is taken. */
async function askOn(server: GradedServer, game: GradedGame, connection: SubmissionConnection): Promise<Answer> {
  const shown = await game.board(connection)
  if (shown !== null) return shown
  connection.write(await harmless(server, game))
  return game.read(connection, 'error')
}

const many = 50

const fiftyConnections: GradingCheck = {
  id: 'fifty-connections',
  group: 'clients',
  points: 3,
  title: 'Fifty connections are open and each is answered',
  hint: 'Keep the connections in a list or a map, without a fixed number of places, and ask all of them for data.',
  disturbs: true,
  async run({ server }) {
    const { connect, newGame } = server.description
    if (newGame === 'reconnect' && (await server.playsSeveral())) return playPairs(server)
    await playWhile(server, `${many} connections are open`, async (game) => {
      const all: SubmissionConnection[] = []
      for (let index = 0; index < many; index++) {
        const visitor = await server.visit(`${index + 1}`)
        if (visitor === null) notChecked('the server serves two players at a time, and accepts no more connections')
        all.push(visitor)
      }
      if (connect === 'player') return
      for (const connection of all) {
        const answer = await askOn(server, game, connection)
        if (answer.kind === 'none')
          throw server.explain(
            `with ${many} connections open, a request on connection ${connection.name} was answered by ${describeAnswer(answer)}`,
          )
        if (connect === 'move') connection.close()
      }
    })
  },
}

async function playPairs(server: GradedServer): Promise<void> {
  const games: GradedGame[] = []
  for (let index = 0; index < many / 2; index++) {
    games.push(await server.newGame())
    server.keepPair()
  }
  for (const game of games) {
    const { answer } = await game.play(4)
    if (isRefused(answer))
      throw server.explain(
        `with ${many} connections open, the first move of a game was answered by ${describeAnswer(answer)}`,
      )
  }
}

const silentConnection: GradingCheck = {
  id: 'silent-connection',
  group: 'clients',
  points: 5,
  title: 'A client that connects and says nothing does not block the others',
  hint: 'Never wait for one client: recv blocks the whole server until that client sends something. Wait for all of them at once (select, poll, selectors).',
  disturbs: true,
  run: ({ server }) =>
    playWhile(server, 'another client is connected and says nothing', async () => void (await server.visit('silent'))),
}

/** How long a client waits before it vanishes, in ms. */
const vanishMs = 20
/** Clients that send many requests and leave, each a little later than the one before. */
const hasty = 20
const hastyRequests = 2_000

const vanishingClient: GradingCheck = {
  id: 'vanishing-client',
  group: 'clients',
  points: 3,
  title: 'A client that vanishes in the middle of a request does not hurt the others',
  hint: 'A reset is an exception or an error of recv or send: close that connection, forget it, and continue.',
  disturbs: true,
  run: ({ server }) =>
    playWhile(server, 'another client vanished', async (game) => {
      const bytes = await server.codec.encode(game.requestOf('O', 3))
      if (bytes === null) notChecked('the protocol cannot express it')
      const whole = await harmless(server, game)
      // Half of a request; one whose answer nobody reads; many that are answered after the client has gone.
      for (const part of [bytes.subarray(0, Math.ceil(bytes.length / 2)), whole]) {
        const stranger = await server.visit('vanishing')
        if (stranger === null) return
        stranger.write(part)
        await stranger.ended(vanishMs)
        stranger.vanish()
      }
      for (let count = 0; count < hasty; count++) {
        const stranger = await server.visit('hasty')
        if (stranger === null) return
        stranger.write(Buffer.concat(Array.from({ length: hastyRequests }, () => whole)))
        await stranger.ended(count % 5)
        stranger.close()
      }
    }),
}

/** A request that changes nothing: for the board, or a move to the taken cell 0. */
async function harmless(server: GradedServer, game: GradedGame): Promise<Uint8Array> {
  const board = await server.codec.encode({ ...game.requestOf('X', 0), kind: 'board' })
  return board ?? (await server.codec.encode(game.requestOf('O', 0))) ?? notChecked('the protocol cannot express it')
}

/** The longest time for which requests are sent without reading, in ms. */
const floodMs = 12_000
/** The requests that are written at once, in bytes. */
const floodBytes = 32_768

/** What answers that nobody reads may cost, in MiB: a runtime with a garbage collector keeps more. */
const unreadMibMax = { plain: 48, managed: 160 } as const

const neverReads: GradingCheck = {
  id: 'never-reads',
  group: 'clients',
  points: 3,
  title: 'A client that sends requests and never reads does not block the others',
  hint: 'When a client does not read, its buffer fills, and a blocking send waits for it: make the sockets non-blocking and keep what could not be sent, up to a limit.',
  disturbs: true,
  run: ({ server }) =>
    playWhile(server, 'another client sends requests and never reads', async (game) => {
      const stranger = await server.visit('unread')
      if (stranger === null) return
      const bytes = await harmless(server, game)
      const block = Buffer.concat(Array.from({ length: Math.ceil(floodBytes / bytes.length) }, () => bytes))
      const most = unreadMibMax[server.isOwn && isManaged(server) ? 'managed' : 'plain']
      const residentMib = (): number => (server.isOwn ? memoryMib(server.process.pids) : 0)
      const before = residentMib()
      const isTooMuch = (): boolean => residentMib() - before > most
      await stranger.flood(block, floodMs, isTooMuch)
      if (isTooMuch())
        throw server.explain(`while a client sent requests and never read, the server grew by more than ${most} MiB`)
    }),
}

const comings = 200

const manyConnections: GradingCheck = {
  id: 'many-connections',
  group: 'clients',
  points: 2,
  title: `${comings} clients that connect and close do not hurt the others`,
  hint: 'An empty recv means that the client has closed: close the socket too and remove it from the list, or the server runs out of descriptors.',
  disturbs: true,
  run: ({ server }) =>
    playWhile(server, `${comings} clients connected and closed`, async () => {
      for (let count = 0; count < comings; count++) {
        const stranger = await server.visit(`${count + 1}`)
        if (stranger === null) return
        if (count % 2 === 0) stranger.close()
        else stranger.vanish()
      }
    }),
}

export const clientChecks: readonly GradingCheck[] = [
  twoConnections,
  fiftyConnections,
  silentConnection,
  vanishingClient,
  neverReads,
  manyConnections,
]
