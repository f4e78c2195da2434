/**
 * The description of a submission: how to start it and how its protocol says move, reset, error, win, draw and board.
 * A submission brings it as YAML. Each schema's description is what an error message says was expected.
 */
import { type Static, type TSchema, Type } from 'typebox'

const text = (description: string) => Type.String({ minLength: 1, description })
const oneOf = <const Value extends string>(values: readonly Value[], description: string) =>
  Type.Unsafe<Value>({ enum: values, description: `${description}: ${values.join(', ')}` })
const members = <Members extends Record<string, TSchema>>(fields: Members, description: string) =>
  Type.Object(fields, { additionalProperties: false, description })
const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

const start = members(
  {
    build: maybe(text('a command that runs once, before the first start')),
    command: text('the command that starts the server; {port} in it is replaced by the port'),
    port: maybe(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'the port that the source contains, if the command has no {port}',
      }),
    ),
    ready: maybe(text('a regular expression for the line of output after which the server accepts connections')),
  },
  'how to start the server: build, command, port, ready',
)

export const widths = { u8: 1, u16: 2, u32: 4 } as const
export type Width = keyof typeof widths
const byteOrder = oneOf(['big', 'little'], 'the order of bytes')

const framing = Type.Union(
  [
    oneOf(['line', 'blank-line', 'json', 'close', 'http'], 'framing'),
    members({ close: oneOf(['answers', 'both'], 'what ends with the connection') }, 'an end by closing'),
    members({ delimiter: text('the text that ends each message') }, 'a delimiter'),
    members(
      { length: oneOf(['u8', 'u16', 'u32'], 'the number before each message'), order: maybe(byteOrder) },
      'a length',
    ),
    members(
      { size: Type.Integer({ minimum: 1, maximum: 65_536, description: 'bytes in each answer' }) },
      'a fixed size',
    ),
    members(
      { silence: Type.Integer({ minimum: 5, maximum: 1_000, description: 'ms without a byte, which end a message' }) },
      'a silence',
    ),
  ],
  {
    description:
      'how messages end: line, blank-line, json, close, http, {close: both}, {delimiter: TEXT}, {length: u8|u16|u32, order: big|little}, {size: BYTES} or {silence: MS}',
  },
)

const code = Type.Union([Type.String(), Type.Integer()], { description: 'a text or a number' })
/** One field of a binary request. Exactly one member is there. */
export type ByteField = { readonly [Key in Width]?: string | number } & { readonly text?: string }
const byteField = Type.Unsafe<ByteField>(
  Type.Union(
    [
      ...(['u8', 'u16', 'u32'] as const).map((width) => members({ [width]: code }, `{${width}: number or "{field}"}`)),
      members({ text: Type.String({ description: 'a text' }) }, '{text: TEXT}'),
    ],
    { description: 'one of {u8: …}, {u16: …}, {u32: …}, {text: …}' },
  ),
)
const json = Type.Unknown({ description: 'a JSON value; "{row}" alone is sent as a number' })
/** What a message may be in every framing but HTTP's. */
const contents = [
  text('a text'),
  members({ json }, '{json: VALUE}'),
  members(
    { bytes: Type.Array(byteField, { minItems: 1, description: 'a list of fields' }), order: maybe(byteOrder) },
    '{bytes: [FIELD, …]}',
  ),
] as const
const request = Type.Union(
  [
    ...contents,
    members(
      {
        method: text('a method of HTTP'),
        path: text('a path'),
        json: maybe(json),
        text: maybe(text('the body of the request')),
      },
      '{method: METHOD, path: PATH, json: VALUE}',
    ),
  ],
  { description: 'a request: a text, {json: VALUE}, {bytes: [FIELD, …]} or, for http, {method, path, json or text}' },
)

const pattern = Type.Union(
  [
    text('a regular expression'),
    members(
      { json: text('a path as in game.cells[0]'), is: maybe(text('a regular expression for the value')) },
      '{json: PATH, is: REGEX}',
    ),
    members({ status: code }, '{status: NUMBER or REGEX}'),
  ],
  { description: 'a regular expression, {json: PATH, is: REGEX} or {status: NUMBER or REGEX}' },
)
const win = Type.Union(
  [
    pattern,
    members({ X: pattern, O: pattern }, '{X: pattern, O: pattern}'),
    members({ self: pattern, other: pattern }, '{self: pattern, other: pattern}'),
    members({ when: pattern, player: text('the path of the player') }, '{when: pattern, player: PATH}'),
  ],
  {
    description:
      'how a win is said: a regular expression with (?<player>…), {X: …, O: …}, {self: …, other: …} or {when: PATTERN, player: JSON PATH}',
  },
)
const board = Type.Union(
  [
    members(
      {
        cells: text('a regular expression for one cell'),
        in: maybe(text('a regular expression for the part of the message that holds the board')),
      },
      '{cells: REGEX}',
    ),
    members({ rows: text('a regular expression with three groups, for one row') }, '{rows: REGEX}'),
    members({ json: text('a path as in game.cells[0]') }, '{json: PATH}'),
  ],
  { description: 'how a board is written: {cells: REGEX, in: REGEX}, {rows: REGEX with three groups} or {json: PATH}' },
)
const symbol = Type.Union([code, Type.Null(), Type.Array(Type.Union([code, Type.Null()]))], {
  description: 'a value or a list of values',
})

const step = Type.Union(
  [members({ send: request }, '{send: REQUEST}'), members({ expect: text('a regular expression') }, '{expect: REGEX}')],
  {
    description: '{send: REQUEST} or {expect: REGEX}',
  },
)
const steps = (when: string) =>
  Type.Array(step, { description: `a list of {send: REQUEST} and {expect: REGEX}, carried out ${when}` })
const count = Type.Integer({ minimum: 0, maximum: 9, description: 'a number of messages' })

const symbols = members(
  { X: maybe(symbol), O: maybe(symbol), empty: maybe(symbol) },
  'how cells are written: {X: …, O: …, empty: …}',
)

const read = members(
  {
    error: pattern,
    win,
    draw: pattern,
    ok: maybe(pattern),
    board: maybe(board),
    symbols: maybe(symbols),
    encoding: maybe(oneOf(['utf-8', 'latin1'], 'how bytes are read as text')),
  },
  'how answers are recognised: error, win, draw, ok, board, symbols, encoding',
)
const send = members(
  { move: request, reset: maybe(request), board: maybe(request) },
  'the requests: move, reset, board',
)

const answer = Type.Union(
  [
    ...contents,
    members(
      {
        status: Type.Integer({ minimum: 200, maximum: 599, description: 'a status of HTTP' }),
        json: maybe(json),
        text: maybe(text('the body of the response')),
      },
      '{status: NUMBER, json: VALUE}',
    ),
  ],
  {
    description: 'an answer: a text, {json: VALUE}, {bytes: [FIELD, …]} or, for http, {status, json or text}',
  },
)
const printed = (what: string) => text(`a regular expression for the line that the client prints for ${what}`)
const clientAnswers = members(
  {
    board: answer,
    error: answer,
    win: answer,
    loss: maybe(answer),
    draw: answer,
    greeting: maybe(Type.Array(answer, { description: 'a list of answers, said on each new connection' })),
    joined: maybe(answer),
    turn: maybe(answer),
    symbols: maybe(symbols),
  },
  'what a server answers to the client: board, error, win, loss, draw, greeting, joined, turn, symbols',
)
const client = members(
  {
    build: maybe(text('a command that runs once, before the first start')),
    command: text('the command that starts the client; {host}, {port}, {player} and {game} in it are replaced'),
    port: maybe(
      Type.Integer({ minimum: 1, maximum: 65_535, description: 'the port that its source contains, if not {port}' }),
    ),
    input: Type.Array(Type.String({ description: 'a line, such as {row1} {col1}' }), {
      minItems: 1,
      description: 'the lines that a user types for a move, such as ["{row1} {col1}"]',
    }),
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

export const descriptionSchema = members(
  {
    extends: maybe(oneOf(['oxo-text'], 'a protocol that is known')),
    name: maybe(text('who made the submission')),
    start: maybe(start),
    address: maybe(text('a host name or an address, if it is not found by itself')),
    connect: maybe(
      oneOf(['shared', 'player', 'move'], 'one connection for both players, for each player, or for each request'),
    ),
    framing: maybe(framing),
    players: maybe(members({ X: maybe(code), O: maybe(code) }, 'what is written for {player}: {X: …, O: …}')),
    'new-game': maybe(oneOf(['reset', 'restart', 'reconnect', 'id'], 'how a game begins')),
    'after-end': maybe(oneOf(['stays', 'new', 'closes'], 'what the server does after the end of a game')),
    open: maybe(steps('on each new connection')),
    join: maybe(steps('for each player of a new game')),
    ignore: maybe(
      Type.Array(text('a regular expression'), {
        description: 'a list of regular expressions for messages without a meaning',
      }),
    ),
    send: maybe(send),
    read: maybe(read),
    answers: maybe(
      members(
        { move: maybe(count), error: maybe(count), win: maybe(count), draw: maybe(count), reset: maybe(count) },
        'messages in an answer, by its meaning',
      ),
    ),
    others: maybe(
      members(
        { move: maybe(count), win: maybe(count), draw: maybe(count), reset: maybe(count) },
        "messages on the other player's connection, by meaning",
      ),
    ),
    client: maybe(client),
    adapter: maybe(text('the command of an adapter, instead of framing, send and read')),
    points: maybe(
      Type.Record(Type.String(), Type.Number({ minimum: 0, description: 'points of a check' }), {
        description: 'points by the id of a check',
      }),
    ),
  },
  'a description with start, connect, framing, send and read',
)

/** A description as its YAML says it, before defaults are filled in. */
export type DescriptionText = Static<typeof descriptionSchema>
export type FramingText = Static<typeof framing>
export type RequestText = Static<typeof request>
export type Pattern = Static<typeof pattern>
export type BoardPattern = Static<typeof board>
export type ConnectionStep = Static<typeof step>
export type ReadPatterns = Static<typeof read>
export type ClientText = Static<typeof client>
export type ClientAnswers = Static<typeof clientAnswers>
export type AnswerText = Static<typeof answer>
