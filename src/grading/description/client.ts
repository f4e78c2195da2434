/** The part of a description that is about the client: its defaults, and its mistakes that a schema cannot find. */
import type { DocumentPath, Fail } from '../document/document.ts'
import { checkPattern, checkCellFields, checkRead } from './mistakes.ts'
import { oxoTextAnswers } from './oxo-text.ts'
import type { AnswerText, ClientAnswers, ClientText, DescriptionText, ReadPatterns } from './schema.ts'

export interface ClientDescription {
  readonly build: string | null
  readonly command: string
  /** The port in its source; null if the command has a {port}. */
  readonly port: number | null
  /** The lines that are typed for a move. */
  readonly input: readonly string[]
  /** How its output is read. `^` and `$` are the ends of a line, and `.` is not the end of one. */
  readonly prints: ReadPatterns
  readonly answers: ClientAnswers
  /** Whether one process plays one player, and its command or the greeting of the server says which. */
  readonly playsOne: boolean
  readonly gone: { readonly withinMs: number; readonly prints: RegExp | null }
}

const answerFields = /\{([A-Za-z]+|\d+)\}/g
const answerNames = ['player', 'turn', 'game', 'board', 'cells', 'rows', ...'123456789']

export function completeClient(description: DescriptionText, fail: Fail): ClientDescription | null {
  const { client, adapter, framing } = description
  if (client === undefined) return null
  if (adapter !== undefined)
    fail(['client'], 'a client is graded without an adapter: give framing, send and read, or remove client')
  const { build = null, command, port = null, input, prints, gone = {} } = client
  const answers = client.answers ?? (description.extends === 'oxo-text' ? oxoTextAnswers : undefined)
  if (answers === undefined)
    return fail(['client'], 'client has no `answers`, which is needed: {board: …, error: …, win: …, draw: …}')
  if (port === null && !command.includes('{port}'))
    fail(
      ['client', 'command'],
      'client.command has no {port}: write {port} where the port belongs, or give client.port if the source contains it',
    )
  checkCellFields(input.join('\n'), ['client', 'input'], fail)
  if ('json' in prints.board)
    fail(['client', 'prints', 'board'], 'client.prints.board is {rows: …} or {cells: …, in: …}')
  checkRead(prints, ['client', 'prints'], fail)
  checkAnswers(answers, framing === 'http', fail)
  if (gone.prints !== undefined) checkPattern(gone.prints, (message) => fail(['client', 'gone', 'prints'], message))
  return {
    build,
    command,
    port,
    input,
    prints: byLines(prints),
    answers: { ...answers, symbols: { ...description.read?.symbols, ...answers.symbols } },
    playsOne: command.includes('{player}') || JSON.stringify(answers.greeting ?? []).includes('{player}'),
    gone: {
      withinMs: 1_000 * (gone.within ?? 5),
      prints: gone.prints === undefined ? null : new RegExp(gone.prints, 'm'),
    },
  }
}

function checkAnswers(answers: ClientAnswers, isHttp: boolean, fail: Fail): void {
  const { symbols: _, greeting = [], ...single } = answers
  for (const [index, answer] of greeting.entries())
    checkAnswer(answer, isHttp, ['client', 'answers', 'greeting', index], fail)
  for (const [kind, answer] of Object.entries(single)) checkAnswer(answer, isHttp, ['client', 'answers', kind], fail)
  if (!/\{(?:board|cells|rows|1)\}/.test(JSON.stringify(answers.board)))
    fail(
      ['client', 'answers', 'board'],
      'client.answers.board does not hold the board: write {board}, {cells}, {rows} or {1} to {9}',
    )
}

function checkAnswer(answer: AnswerText, isHttp: boolean, path: DocumentPath, fail: Fail): void {
  if (isHttp !== (typeof answer === 'object' && 'status' in answer))
    fail(
      path,
      isHttp ? 'with framing http an answer is {status, json or text}' : 'an answer with a status needs framing: http',
    )
  for (const [field, name = ''] of JSON.stringify(answer).matchAll(answerFields))
    if (!answerNames.includes(name))
      fail(path, `${field} is no field of an answer; the fields are player, turn, game, board, cells, rows, 1 to 9`)
}

/** Lets the patterns for messages read lines of output. */
function byLines({ error, win, draw, board, symbols }: ClientText['prints']): ReadPatterns {
  const line = (pattern: string): string => `(?m-s:${pattern})`
  return {
    error: line(error),
    win:
      typeof win === 'string'
        ? line(win)
        : 'X' in win
          ? { X: line(win.X), O: line(win.O) }
          : { self: line(win.self), other: line(win.other) },
    draw: line(draw),
    board: 'cells' in board && board.in !== undefined ? { ...board, in: line(board.in) } : board,
    ...(symbols !== undefined && { symbols }),
  }
}
