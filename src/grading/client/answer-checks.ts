/** A client sends the right bytes, understands what it is answered, and does not take a stream for messages. */
import { notChecked } from '../checks/check.ts'
import { concat } from '../wire/request.ts'
import { shorten } from '../submission/answer.ts'
import { type ClientCheck, isOwnTurn, playersOf, playCells } from './check.ts'
import type { GradedClient } from './graded-client.ts'
import { clientMs, type ScriptedSession } from './session.ts'
import type { AnswerDelivery } from './scripted-server.ts'

/** No cell of these sequences equals its mirror image on the diagonal. X has the centre when the client plays O. */
const asX = [1, 3, 8, 6, 4]
const asO = [1, 3, 8, 6, 5]
/** How long a request that must not come is waited for, in ms. */
const extraMs = 80

const moveBytes: ClientCheck = {
  id: 'client-move-bytes',
  group: 'client-moves',
  points: 4,
  title: 'Each move that is typed becomes one request with the right bytes',
  hint: 'Compare with your own protocol: which number is the row, from which number do they count, in which order are the bytes, what ends a message?',
  async run(client) {
    for (const player of playersOf(client))
      await client.run(async (session) => {
        for (const cell of session.self === 'O' ? asO : asX) {
          if (isOwnTurn(session)) {
            session.checkMove(await session.move(cell), session.fieldsAt(cell))
            await session.accept(cell)
          } else await session.opponentPlays(cell)
          await session.settle()
        }
        const extra = await session.server.next(extraMs)
        if (extra !== null) throw session.explain('one move was typed, but more than one request came')
      }, player)
  },
}

const shownBoard: ClientCheck = {
  id: 'client-board',
  group: 'client-answers',
  points: 4,
  title: 'It shows the board of each answer',
  hint: 'Print the board that the server sends, row by row. A board of your own beside it goes wrong as soon as a move is refused.',
  async run(client) {
    for (const player of playersOf(client))
      await client.run(async (session) => {
        for (const cell of session.self === 'O' ? asO : asX) {
          const isShown = isOwnTurn(session) || session.isTold
          await playCells(session, [cell])
          if (isShown) await session.expectBoard('after a move')
        }
      }, player)
  },
}

const shownError: ClientCheck = {
  id: 'client-error',
  group: 'client-answers',
  points: 4,
  title: 'It shows an error, and the player can try again',
  hint: 'An error is an answer as any other: print it, change nothing, and ask for the move again.',
  run: (client) =>
    client.run(async (session) => {
      const refused = await session.move(4)
      session.mark()
      await session.say('error')
      await session.process.until(clientMs, () => session.printed.error || session.process.end !== null)
      const { error, win, draw } = session.printed
      if (!error || win !== null || draw)
        throw session.explain(`a move was answered by an error, but the client printed ${shorten(session.printedText)}`)
      await session.settle()
      const again = await session.move(0)
      const [before, after] = [refused, again].map(({ values }) => `${values.get('player') as string}`)
      if (before !== after)
        throw session.explain(
          `a move of ${before} was answered by an error, but the next request was a move of ${after}`,
        )
    }),
}

const rowOfX = [0, 3, 1, 4, 2]
const diagonalOfO = [0, 2, 1, 4, 8, 6]
const draw = [0, 1, 2, 4, 3, 5, 7, 6, 8]

/** Plays to the end. The client must say how the game has ended. */
async function playToEnd(
  session: ScriptedSession,
  cells: readonly number[],
  delivery: AnswerDelivery = 'whole',
): Promise<void> {
  await playCells(session, cells.slice(0, -1), delivery)
  const [last = 0] = cells.slice(-1)
  const { script, process } = session
  if (isOwnTurn(session)) await session.play(last, delivery)
  else await session.opponentPlays(last)
  const winner = script.outcome === 'draw' ? null : script.winner
  const isRight = (): boolean => {
    const { printed } = session
    return printed.win === winner && printed.draw === (winner === null) && !printed.error
  }
  await process.until(clientMs, () => isRight() || process.end !== null)
  if (isRight()) return
  const what = winner === null ? 'a draw' : `a win of ${winner}`
  throw session.explain(`the answer was ${what}, but the client printed ${shorten(session.printedText)}`)
}

const shownWin: ClientCheck = {
  id: 'client-win',
  group: 'client-answers',
  points: 3,
  title: 'It says that its player has won',
  hint: 'The win is in the answer to the last move. Look at it before you ask for the next move.',
  run: (client) => client.run((session) => playToEnd(session, rowOfX)),
}

const shownLoss: ClientCheck = {
  id: 'client-loss',
  group: 'client-answers',
  points: 2,
  title: 'It says that the other player has won',
  hint: 'The answer names the winner. Print who it is, not always the same player.',
  run: (client) =>
    client.run(async (session) => {
      if (session.self !== null && !session.isTold)
        notChecked('a server of this protocol does not tell a client that the other player has won')
      await playToEnd(session, diagonalOfO)
    }),
}

const shownDraw: ClientCheck = {
  id: 'client-draw',
  group: 'client-answers',
  points: 2,
  title: 'It says that the game is drawn',
  hint: 'A draw is an answer of its own: neither a win nor a board after which the game continues.',
  run: (client) => client.run((session) => playToEnd(session, draw)),
}

function needEnds(client: GradedClient, session: ScriptedSession): void {
  if (!session.script.framing.marksEnds)
    notChecked(`nothing but a silence ends a message of ${client.description.name}`)
}

const byteByByte: ClientCheck = {
  id: 'client-byte-by-byte',
  group: 'client-stream',
  points: 3,
  title: 'It understands an answer that comes byte by byte',
  hint: 'One call of recv returns any part of a message. Read until the message has its end.',
  run: (client) =>
    client.run(async (session) => {
      needEnds(client, session)
      await playToEnd(session, rowOfX, 'byte-by-byte')
    }),
}

const halves: ClientCheck = {
  id: 'client-halves',
  group: 'client-stream',
  points: 3,
  title: 'It understands an answer whose second half comes a second later',
  hint: 'One call of recv returns any part of a message. Keep what has come, and wait for the rest.',
  run: (client) =>
    client.run(async (session) => {
      needEnds(client, session)
      await session.play(4, 'halves')
      await session.expectBoard('after an answer in two halves')
      if (session.printed.error)
        throw session.explain(`an answer came in two halves, and the client printed ${shorten(session.printedText)}`)
      await playCells(session, [0, 8])
    }),
}

const twoInOne: ClientCheck = {
  id: 'client-two-in-one',
  group: 'client-stream',
  points: 3,
  title: 'It understands two messages that come in one segment',
  hint: 'One call of recv may return more than one message. Divide what has come at the ends of messages, and keep the rest.',
  run: (client) =>
    client.run(async (session) => {
      const { script } = session
      if (!session.isTold)
        notChecked('a server of this protocol never sends two messages without a request between them')
      await session.move(0)
      script.advance(0)
      const answer = script.bytesOf('board')
      script.advance(4)
      session.mark()
      await session.server.send(concat([answer, script.bytesOf('board'), script.bytesOf('turn')]))
      await session.expectBoard('after two messages in one segment')
      await session.play(8)
      await session.expectBoard('after two messages in one segment and a move')
    }),
}

export const clientAnswerChecks: readonly ClientCheck[] = [
  moveBytes,
  shownBoard,
  shownError,
  shownWin,
  shownLoss,
  shownDraw,
  byteByByte,
  halves,
  twoInOne,
]
