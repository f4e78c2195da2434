/** The part of a description's schema that is about the client. */
import { Type } from 'typebox'
import { textSchema, members, maybe, json, contents, board, symbols, typed } from './schema-parts.ts'

export const answerSchema = Type.Union(
  [
    ...contents,
    members(
      {
        status: Type.Integer({ minimum: 200, maximum: 599, description: 'a status of HTTP' }),
        json: maybe(json),
        text: maybe(textSchema('the body of the response')),
      },
      '{status: NUMBER, json: VALUE}',
    ),
  ],
  {
    description: 'an answer: a text, {json: VALUE}, {bytes: [FIELD, …]} or, for http, {status, json or text}',
  },
)
const printed = (what: string) => textSchema(`a regular expression for the line that the client prints for ${what}`)
export const clientAnswers = members(
  {
    board: answerSchema,
    error: answerSchema,
    win: answerSchema,
    loss: maybe(answerSchema),
    draw: answerSchema,
    greeting: maybe(Type.Array(answerSchema, { description: 'a list of answers, said on each new connection' })),
    joined: maybe(answerSchema),
    turn: maybe(answerSchema),
    symbols: maybe(symbols),
  },
  'what a server answers to the client: board, error, win, loss, draw, greeting, joined, turn, symbols',
)
export const client = members(
  {
    build: maybe(textSchema('a command that runs once, before the first start')),
    command: textSchema('the command that starts the client; {host}, {port}, {player} and {game} in it are replaced'),
    port: maybe(
      Type.Integer({ minimum: 1, maximum: 65_535, description: 'the port that its source contains, if not {port}' }),
    ),
    input: typed,
    prints: members(
      {
        error: printed('an error'),
        win: Type.Union(
          [
            printed('a win, with (?<player>…)'),
            members({ X: printed('a win of X'), O: printed('a win of O') }, '{X: REGEX, O: REGEX}'),
            members({ self: printed('its own win'), other: printed('a loss') }, '{self: REGEX, other: REGEX}'),
          ],
          {
            description: 'a regular expression with (?<player>…), {X: REGEX, O: REGEX} or {self: REGEX, other: REGEX}',
          },
        ),
        draw: printed('a draw'),
        board,
        symbols: maybe(symbols),
      },
      'how its output is recognised: error, win, draw, board, symbols',
    ),
    answers: maybe(clientAnswers),
    gone: maybe(
      members(
        {
          within: maybe(Type.Number({ minimum: 0.5, maximum: 20, description: 'a number of seconds' })),
          prints: maybe(printed('a server that is gone')),
        },
        'what it does when the server is gone: {within: SECONDS, prints: REGEX}',
      ),
    ),
  },
  'how to run the client: build, command, port, input, prints, answers, gone',
)
