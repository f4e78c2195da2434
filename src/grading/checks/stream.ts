/** A stream of bytes is not messages: TCP may divide and join what was sent anywhere. */
import { holdingClock, sleep } from '../../base/index.ts'
import { opponent } from '../../game/index.ts'
import { describeAnswer, shorten } from '../submission/answer.ts'
import type { SubmissionConnection } from '../submission/connection.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { concat } from '../wire/request.ts'
import { type CheckContext, type GradingCheck, isRefused, notChecked, playAll } from './check.ts'

interface Sender {
  readonly game: GradedGame
  readonly connection: SubmissionConnection
  /** The bytes of X's move, and of a move of the same connection after it: O's, or a second one of X. */
  readonly first: Uint8Array
  readonly second: Uint8Array
}

/** The pause between bytes that are sent one by one, in ms: each is a segment of its own. */
const byteMs = 3
const pauseMs = 1_000
/** How long an answer to half a request is waited for, in ms. */
const earlyMs = 50
/** How long a greeting is waited for before a stranger sends something, in ms. */
const greetingMs = 20
const longBytes = 65_536
const endlessBytes = 1_000_000

/** A game and a connection on which X can move by bytes, with one request or two. */
async function makeSender(server: GradedServer, requests: 1 | 2 = 1): Promise<Sender> {
  if (requests === 2 && server.description.connect === 'move') notChecked('a connection has one request')
  if (!server.codec.marksRequests) notChecked('its messages have no end, so nobody can say where one stops')
  if (requests === 2 && !server.codec.marksEnds) notChecked('its answers have no end, so two cannot be told apart')
  const game = await server.newGame()
  const mover = game.connected
  if (mover === 'O') await playAll(server, game, [8])
  const connection = game.players?.[mover] ?? (await server.open('own', mover))
  const first = await server.codec.encode(game.requestOf(mover, 4))
  const second = await server.codec.encode(game.requestOf(isShared(game) ? 'O' : mover, 0))
  if (first === null || second === null) notChecked('the protocol cannot express it')
  return { game, connection, first, second }
}

const isShared = ({ players }: GradedGame): boolean => players !== null && players.X === players.O

function otherOf({ players, connected }: GradedGame): SubmissionConnection | null {
  return players === null || players.X === players.O ? null : players[opponent(connected)]
}

/** Reads the answer to X's move to the middle, which must be accepted. */
async function expectFirst(server: GradedServer, { game, connection }: Sender, how: string): Promise<void> {
  const answer = await game.read(connection, 'move', otherOf(game))
  if (isRefused(answer)) throw server.explain(`a move that was sent ${how} was answered by ${describeAnswer(answer)}`)
  game.note(4)
}

/** Reads the answer to the second request: O's move is accepted, a second one of X is not. */
async function expectSecond(server: GradedServer, { game, connection }: Sender, how: string): Promise<void> {
  const answer = await game.read(connection, isShared(game) ? 'move' : 'error', otherOf(game))
  if (isShared(game)) {
    if (isRefused(answer))
      throw server.explain(`two requests were sent ${how}; the second one was answered by ${describeAnswer(answer)}`)
    game.note(0)
  } else if (answer.kind !== 'error')
    throw server.explain(
      `two moves of X were sent ${how}; the second one was answered by ${describeAnswer(answer)}, not by an error`,
    )
}

/** Half a request must not be answered. */
function expectSilence(server: GradedServer, { connection }: Sender): void {
  const [message] = connection.drain()
  if (message !== undefined) throw server.explain(`half a request was answered by ${shorten(message.text)}`)
}

const halves = (bytes: Uint8Array): readonly [Uint8Array, Uint8Array] => {
  const middle = Math.ceil(bytes.length / 2)
  return [bytes.subarray(0, middle), bytes.subarray(middle)]
}

const byteByByte: GradingCheck = {
  id: 'byte-by-byte',
  group: 'stream',
  points: 4,
  title: 'A request that arrives byte by byte is understood',
  hint: 'One recv is not one message. Keep what has come in a buffer for each connection, and take whole messages from its front.',
  async run({ server }) {
    const sender = await makeSender(server)
    for (const [index, byte] of sender.first.entries()) {
      if (index > 0) await sleep(holdingClock, byteMs)
      sender.connection.write(Uint8Array.of(byte), index === sender.first.length - 1)
    }
    await expectFirst(server, sender, 'byte by byte')
  },
}

const pauseInMessage: GradingCheck = {
  id: 'pause-in-message',
  group: 'stream',
  points: 2,
  title: 'A pause of a second in the middle of a request changes nothing',
  hint: 'The rest of a message comes when it comes: keep the first part in the buffer of its connection.',
  async run({ server }) {
    const sender = await makeSender(server)
    const [begin, rest] = halves(sender.first)
    sender.connection.write(begin, false)
    await sleep(holdingClock, pauseMs)
    expectSilence(server, sender)
    sender.connection.write(rest)
    await expectFirst(server, sender, 'in two halves a second apart')
  },
}

const twoInOne: GradingCheck = {
  id: 'two-in-one',
  group: 'stream',
  points: 4,
  title: 'Two requests in one segment are answered one after the other',
  hint: 'After a message was taken from the buffer, look whether another one is in it before you read again.',
  async run({ server }) {
    const sender = await makeSender(server, 2)
    sender.connection.write(concat([sender.first, sender.second]))
    await expectFirst(server, sender, 'together with another request')
    await expectSecond(server, sender, 'in one segment')
  },
}

const oneAndAHalf: GradingCheck = {
  id: 'one-and-a-half',
  group: 'stream',
  points: 3,
  title: 'A request and a half, then the other half: both are answered',
  hint: 'What is left in the buffer after a message is the beginning of the next one: do not throw it away.',
  async run({ server }) {
    const sender = await makeSender(server, 2)
    const [begin, rest] = halves(sender.second)
    sender.connection.write(concat([sender.first, begin]), false)
    await expectFirst(server, sender, 'together with half of another request')
    await sleep(holdingClock, earlyMs)
    expectSilence(server, sender)
    sender.connection.write(rest)
    await expectSecond(server, sender, 'as one and a half, then the other half')
  },
}

const crlf: GradingCheck = {
  id: 'crlf',
  group: 'stream',
  points: 1,
  title: 'A line may end in CR LF',
  hint: 'telnet, Windows and many libraries end a line with \\r\\n: remove the \\r too.',
  async run({ server }) {
    const { raw } = server.codec
    if (raw === null) notChecked('an adapter makes the bytes')
    const example = { ...server.fieldsOf('X', ''), kind: 'move' } as const
    if (raw.otherLineEnd(example) === null) notChecked('its messages do not end with a line')
    const sender = await makeSender(server)
    const bytes =
      raw.otherLineEnd(sender.game.requestOf(sender.game.connected, 4)) ??
      notChecked('its messages do not end with a line')
    sender.connection.write(bytes)
    await expectFirst(server, sender, 'with the other end of line')
  },
}

/** What a hostile client sends. The server must refuse it by an error or by closing the connection, and serve the others. */
async function survive({ server }: CheckContext, what: string, bytes: Uint8Array | null): Promise<void> {
  if (bytes === null) notChecked('its messages cannot be like that')
  const game = await server.newGame()
  await playAll(server, game, [4])
  // A stranger on a server that greets and pairs its clients would take a seat.
  const stranger = await (server.description.connect === 'player' ? server.visit('stranger') : server.open('stranger'))
  if (stranger === null) return surviveOf(server, what, bytes)
  await sleep(holdingClock, greetingMs + 2 * server.codec.silenceMs)
  stranger.drain()
  stranger.write(bytes)
  const answer = await game.read(stranger, 'error')
  if (server.description.connect === 'player' && answer.kind === 'none' && !answer.isClosed)
    return surviveOf(server, what, bytes)
  if (answer.kind !== 'error' && !answer.isClosed)
    throw server.explain(
      `${what} was answered by ${describeAnswer(answer)}, neither by an error nor by closing the connection`,
    )
  const { answer: next } = await game.play(0)
  if (isRefused(next))
    throw server.explain(
      `after another client sent ${what}, a move of a player was answered by ${describeAnswer(next)}`,
    )
  stranger.vanish()
}

/** A server that reads from its two players alone gets the bytes from one of them. */
async function surviveOf(server: GradedServer, what: string, bytes: Uint8Array): Promise<void> {
  await server.stop()
  const game = await server.newGame()
  await playAll(server, game, game.connected === 'X' ? [4, 0] : [4])
  const player = game.players?.[game.connected]
  if (player === undefined) return
  player.write(bytes)
  const answer = await game.read(player, 'error')
  await server.settle()
  if ((answer.kind !== 'error' && !answer.isClosed) || !server.isRunning)
    throw server.explain(
      `${what} of a player was answered by ${describeAnswer(answer)}, ${server.isRunning ? 'neither by an error nor by closing the connection' : 'and the server has not survived it'}`,
    )
}

const longMessage: GradingCheck = {
  id: 'long-message',
  group: 'stream',
  points: 2,
  title: 'A message of 64 KiB is refused, and the others can play',
  hint: 'A buffer of fixed size must not overflow, and a message that is too long must not end the server.',
  disturbs: true,
  run: (context) =>
    survive(context, 'a message of 64 KiB', rawOf(context.server).frame(new Uint8Array(longBytes).fill(65))),
}

const endlessMessage: GradingCheck = {
  id: 'endless-message',
  group: 'stream',
  points: 2,
  title: 'A million bytes without an end are refused, and the others can play',
  hint: 'Limit the buffer of a connection: a client that never ends its message is refused or cut off.',
  disturbs: true,
  run: (context) => survive(context, 'a million bytes without an end', rawOf(context.server).unfinished(endlessBytes)),
}

const notUtf8: GradingCheck = {
  id: 'not-utf8',
  group: 'stream',
  points: 2,
  title: 'Bytes that are no text are refused, and the others can play',
  hint: 'Decoding bytes as UTF-8 can fail: catch that and answer with an error.',
  disturbs: true,
  run(context) {
    const { protocol } = context.server.description
    const isBinary =
      protocol.type === 'patterns' && typeof protocol.send.move === 'object' && 'bytes' in protocol.send.move
    const bytes = isBinary ? null : rawOf(context.server).frame(Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x80))
    return survive(context, 'bytes that are no UTF-8', bytes)
  },
}

function rawOf({ codec }: GradedServer): NonNullable<GradedServer['codec']['raw']> {
  return codec.raw ?? notChecked('an adapter makes the bytes')
}

export const streamChecks: readonly GradingCheck[] = [
  byteByByte,
  pauseInMessage,
  twoInOne,
  oneAndAHalf,
  crlf,
  longMessage,
  endlessMessage,
  notUtf8,
]
