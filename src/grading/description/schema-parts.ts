/** The parts of a description's schema: how a server is started, how messages end, what they say. */
import { type TSchema, Type } from 'typebox'

export const textSchema = (description: string) => Type.String({ minLength: 1, description })
export const oneOf = <const Value extends string>(values: readonly Value[], description: string) =>
  Type.Unsafe<Value>({ enum: values, description: `${description}: ${values.join(', ')}` })
export const members = <Members extends Record<string, TSchema>>(fields: Members, description: string) =>
  Type.Object(fields, { additionalProperties: false, description })
export const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

export const startSchema = members(
  {
    build: maybe(textSchema('a command that runs once, before the first start')),
    command: textSchema('the command that starts the server; {port} in it is replaced by the port'),
    port: maybe(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'the port that the source contains, if the command has no {port}',
      }),
    ),
    ready: maybe(textSchema('a regular expression for the line of output after which the server accepts connections')),
    input: maybe(
      Type.Array(textSchema('a line, such as {port}'), {
        minItems: 1,
        description: 'a list of lines that are typed when it has started, such as ["{port}"]',
      }),
    ),
  },
  'how to start the server: build, command, port, ready, input',
)

export const widths = { u8: 1, u16: 2, u32: 4 } as const
export type Width = keyof typeof widths
const byteOrder = oneOf(['big', 'little'], 'the order of bytes')

export const framing = Type.Union(
  [
    oneOf(['line', 'blank-line', 'json', 'close', 'http'], 'framing'),
    members({ close: oneOf(['answers', 'both'], 'what ends with the connection') }, 'an end by closing'),
    members({ delimiter: textSchema('the text that ends each message') }, 'a delimiter'),
    members(
      { length: oneOf(['u8', 'u16', 'u32'], 'the number before each message'), order: maybe(byteOrder) },
      'a length',
    ),
    members(
      { size: Type.Integer({ minimum: 1, maximum: 65_536, description: 'bytes in each answer' }) },
      'a fixed size',
    ),
    members(
      {
        silence: Type.Integer({ minimum: 5, maximum: 1_000, description: 'ms without a byte, which end an answer' }),
        requests: maybe(oneOf(['line'], 'how requests end, if they do')),
      },
      'a silence',
    ),
  ],
  {
    description:
      'how messages end: line, blank-line, json, close, http, {close: both}, {delimiter: TEXT}, {length: u8|u16|u32, order: big|little}, {size: BYTES} or {silence: MS, requests: line}',
  },
)

export const codeSchema = Type.Union([Type.String(), Type.Integer()], { description: 'a text or a number' })
/** One field of a binary request. Exactly one member is there. */
export type ByteField = { readonly [Key in Width]?: string | number } & { readonly text?: string }
const byteField = Type.Unsafe<ByteField>(
  Type.Union(
    [
      ...(['u8', 'u16', 'u32'] as const).map((width) =>
        members({ [width]: codeSchema }, `{${width}: number or "{field}"}`),
      ),
      members({ text: Type.String({ description: 'a text' }) }, '{text: TEXT}'),
    ],
    { description: 'one of {u8: …}, {u16: …}, {u32: …}, {text: …}' },
  ),
)
export const json = Type.Unknown({ description: 'a JSON value; "{row}" alone is sent as a number' })
/** What a message may be in every framing but HTTP's. */
export const contents = [
  textSchema('a text'),
  members({ json }, '{json: VALUE}'),
  members(
    { bytes: Type.Array(byteField, { minItems: 1, description: 'a list of fields' }), order: maybe(byteOrder) },
    '{bytes: [FIELD, …]}',
  ),
] as const
export const request = Type.Union(
  [
    ...contents,
    members(
      {
        method: textSchema('a method of HTTP'),
        path: textSchema('a path'),
        json: maybe(json),
        text: maybe(textSchema('the body of the request')),
      },
      '{method: METHOD, path: PATH, json: VALUE}',
    ),
  ],
  { description: 'a request: a text, {json: VALUE}, {bytes: [FIELD, …]} or, for http, {method, path, json or text}' },
)

export const pattern = Type.Union(
  [
    textSchema('a regular expression'),
    members(
      { json: textSchema('a path as in game.cells[0]'), is: maybe(textSchema('a regular expression for the value')) },
      '{json: PATH, is: REGEX}',
    ),
    members({ status: codeSchema }, '{status: NUMBER or REGEX}'),
  ],
  { description: 'a regular expression, {json: PATH, is: REGEX} or {status: NUMBER or REGEX}' },
)
const win = Type.Union(
  [
    pattern,
    members({ X: pattern, O: pattern }, '{X: pattern, O: pattern}'),
    members({ self: pattern, other: pattern }, '{self: pattern, other: pattern}'),
    members({ when: pattern, player: textSchema('the path of the player') }, '{when: pattern, player: PATH}'),
  ],
  {
    description:
      'how a win is said: a regular expression with (?<player>…), {X: …, O: …}, {self: …, other: …} or {when: PATTERN, player: JSON PATH}',
  },
)
export const board = Type.Union(
  [
    members(
      {
        cells: textSchema('a regular expression for one cell'),
        in: maybe(textSchema('a regular expression for the part of the message that holds the board')),
      },
      '{cells: REGEX}',
    ),
    members({ rows: textSchema('a regular expression with three groups, for one row') }, '{rows: REGEX}'),
    members({ json: textSchema('a path as in game.cells[0]') }, '{json: PATH}'),
  ],
  { description: 'how a board is written: {cells: REGEX, in: REGEX}, {rows: REGEX with three groups} or {json: PATH}' },
)
const symbol = Type.Union([codeSchema, Type.Null(), Type.Array(Type.Union([codeSchema, Type.Null()]))], {
  description: 'a value or a list of values',
})

export const stepSchema = Type.Union(
  [
    members({ send: request }, '{send: REQUEST}'),
    members(
      {
        expect: textSchema('a regular expression'),
        within: maybe(Type.Number({ minimum: 0.1, maximum: 20, description: 'a number of seconds' })),
      },
      '{expect: REGEX, within: SECONDS}',
    ),
  ],
  { description: '{send: REQUEST} or {expect: REGEX, within: SECONDS}' },
)
const stepList = Type.Array(stepSchema, { description: 'a list of {send: REQUEST} and {expect: REGEX}' })
export const steps = (when: string) =>
  Type.Union([stepList, members({ X: maybe(stepList), O: maybe(stepList) }, '{X: [STEP, …], O: [STEP, …]}')], {
    description: `a list of {send: REQUEST} and {expect: REGEX}, or one list for each player, {X: […], O: […]}, carried out ${when}`,
  })
export const count = Type.Integer({ minimum: 0, maximum: 9, description: 'a number of messages' })

export const symbols = members(
  { X: maybe(symbol), O: maybe(symbol), empty: maybe(symbol) },
  'how cells are written: {X: …, O: …, empty: …}',
)

/** The pattern of what a server never says. */
export const never = 'never'
export const read = members(
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
export const send = members(
  { move: request, reset: maybe(request), board: maybe(request) },
  'the requests: move, reset, board',
)

export const typed = Type.Array(Type.String({ description: 'a line, such as {row1} {col1}' }), {
  minItems: 1,
  description: 'the lines that a user types for a move, such as ["{row1} {col1}"]',
})
export const keyboard = members(
  {
    player: oneOf(['X', 'O'], 'the player who plays at the keyboard of the server; X moves first'),
    input: typed,
    prints: maybe(read),
    silence: maybe(
      Type.Integer({ minimum: 5, maximum: 1_000, description: 'ms without output, after which it waits for input' }),
    ),
  },
  'the player who plays at the keyboard of the server: player, input, prints, silence',
)
