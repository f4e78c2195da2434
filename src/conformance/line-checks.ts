/** Rules of JSON lines and of the text protocol that no transcript can show: they are about bytes. */
import assert from 'node:assert/strict'
import { sleep, holdingClock } from '../base/index.ts'
import {
  type CheckedAnswer,
  Caller,
  type WireCheck,
  newGame,
  nextAnswer,
  createBoard,
  requestOf,
  type CheckedServer,
} from './check.ts'
import { openLinesConnection, type RawConnection } from './wire.ts'

type Conversation = (connection: RawConnection, target: CheckedServer) => Promise<void>

/** A check that has a connection of its own. */
function check(
  title: string,
  rules: readonly string[],
  run: Conversation,
  protocol: 'lines' | 'text' = 'lines',
): WireCheck {
  return {
    id: `${protocol}: ${title}`,
    title,
    rules,
    protocol,
    async run(target) {
      const connection = await openLinesConnection(target.place, target.patience)
      try {
        await run(connection, target)
      } finally {
        connection.close()
      }
    },
  }
}

const ping = (id: unknown): string => `${requestOf(id, 'ping')}\n`

async function assertPong(connection: RawConnection, id: unknown): Promise<void> {
  const answer = await nextAnswer(connection)
  assert.deepEqual(
    [answer.id, typeof answer.result?.['now']],
    [id, 'number'],
    'ping should be answered with its id and `now`',
  )
}

/** Fails unless the answer is this error, in the form of every error. */
export function assertError({ error }: CheckedAnswer, code: number, name: string, retry: string): void {
  assert.deepEqual(
    [error?.code, error?.data?.name, error?.data?.retry],
    [code, name, retry],
    'the error should be another one',
  )
  assert.equal(typeof error?.message, 'string', 'an error has a sentence')
}

export const lineChecks: readonly WireCheck[] = [
  check('white space and a byte order mark before the first line are ignored', ['W2'], async (connection) => {
    connection.write(`\u{feff}  \r\n\t${ping(1)}`)
    await assertPong(connection, 1)
  }),
  check('a request may arrive byte by byte', ['W3'], async (connection) => {
    for (const byte of Buffer.from(ping(1))) {
      connection.write(Buffer.of(byte))
      await sleep(holdingClock, 1)
    }
    await assertPong(connection, 1)
  }),
  check('one segment may hold one and a half requests', ['W3'], async (connection) => {
    const second = ping(2)
    connection.write(`${ping(1)}${second.slice(0, 20)}`)
    await assertPong(connection, 1)
    connection.write(second.slice(20))
    await assertPong(connection, 2)
  }),
  check('a carriage return before the end of a line is dropped', ['W6'], async (connection) => {
    connection.write(ping(1).replace('\n', '\r\n'))
    await assertPong(connection, 1)
  }),
  check(
    'what is not UTF-8 is answered after the lines before it, and ends the connection',
    ['W6', 'W36'],
    async (connection) => {
      connection.write(ping(1))
      connection.write(Buffer.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a))
      await assertPong(connection, 1)
      assert.ok((await nextAnswer(connection)).error !== undefined, 'this should be an error')
      await connection.inbox.end()
    },
  ),
  check(
    'a client that ends its half gets every answer, and half a request is not carried out',
    ['W7'],
    async (connection, target) => {
      const game = newGame()
      connection.write(`${ping(1)}${requestOf(2, 'game.create', { game })}`)
      connection.end()
      await assertPong(connection, 1)
      using other = await Caller.open(target, 'lines')
      assertError(await other.ask('game.get', { game }), 4040, 'no-such-game', 'never')
    },
  ),
  check(
    'commands that arrive together are decided and answered in their order',
    ['S7', 'W8'],
    async (connection, target) => {
      using other = await Caller.open(target, 'lines')
      const game = await createBoard(other)
      const moves = [0, 1, 2].map((x) => requestOf(x + 1, 'game.move', { game, x, y: 0 }))
      connection.write(`${moves.join('\n')}\n`)
      for (const id of [1, 2, 3]) {
        const { id: answered, result } = await nextAnswer(connection)
        assert.deepEqual(
          [answered, result?.['version']],
          [id, id + 1],
          'answers should come in the order of their requests',
        )
      }
    },
  ),
  check('an id comes back to the letter', ['P1'], async (connection) => {
    for (const id of ['', 'Ä "\\', 0, -7, 2 ** 53 - 1, null]) {
      connection.write(ping(id))
      await assertPong(connection, id)
    }
  }),
  check('an error has a code, a sentence, a name and what to do', ['P3'], async (connection) => {
    connection.send(requestOf(1, 'no.such.method'))
    assertError(await nextAnswer(connection), -32601, 'method-not-found', 'never')
    connection.send(requestOf(2, 'game.get', { game: newGame() }))
    assertError(await nextAnswer(connection), 4040, 'no-such-game', 'never')
  }),
  check('a member that the table does not have is refused', ['P4'], async (connection) => {
    connection.send(requestOf(1, 'game.get', { game: 'main', colour: 'red' }))
    assertError(await nextAnswer(connection), -32602, 'invalid-params', 'never')
  }),
  check(
    'a reply is one word, its lines, and an empty line',
    ['T5', 'T6'],
    async (connection) => {
      const { inbox } = connection
      connection.send('board')
      assert.match(await inbox.next(), /^BOARD main version \d+, /)
      let line = await inbox.next()
      while (line !== '') line = await inbox.next()
      connection.send('there is no such command')
      assert.match(await inbox.next(), /^ERR 4000 not-understood: /)
      assert.equal(await inbox.next(), '')
    },
    'text',
  ),
  check(
    'quit is answered, then the connection closes',
    ['T17'],
    async (connection) => {
      const { inbox } = connection
      connection.send('QUIT')
      assert.match(await inbox.next(), /^OK/)
      assert.equal(await inbox.next(), '')
      await inbox.end()
    },
    'text',
  ),
]
