/** The method table: what may be asked, of what shape, with what answer. Validation, types and reference come from it. */
import * as Type from 'typebox'
import { endings, levels, markRules, offers, players, presets, seatings } from '../game/index.ts'
import { limits } from './limits.ts'

const strict = { additionalProperties: false }
const oneOf = <const T extends string>(values: readonly T[], description?: string) =>
  Type.Enum<T[]>([...values], description === undefined ? {} : { description })
const count = (description: string, maximum: number = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({ minimum: 0, maximum, description })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const Player = oneOf(players)
const GameId = Type.String({
  pattern: `^[A-Za-z0-9_-]{1,${limits.gameIdCharactersMax}}$`,
  description: 'A game: 1 to 64 characters of A–Z a–z 0–9 _ -.',
})
const Version = count('How many events the game has had.')
const X = count('Column from the left, 0-based.', limits.boardSideMax - 1)
const Y = count('Row from the top, 0-based.', limits.boardSideMax - 1)
const AccountId = Type.String({ minLength: 1, maxLength: 64 })
const Name = Type.String({ minLength: 1, maxLength: 96, description: 'Shown to others: 1 to 24 characters.' })

/** As sent by the server: every member present. */
export const Rules = Type.Object(
  {
    width: Type.Integer({ minimum: 1, maximum: limits.boardSideMax }),
    height: Type.Integer({ minimum: 1, maximum: limits.boardSideMax }),
    line: Type.Integer({ minimum: 1, maximum: limits.boardSideMax }),
    gravity: Type.Boolean(),
    misere: Type.Boolean(),
    marks: oneOf(markRules),
    exact: Type.Boolean(),
  },
  strict,
)
/** As accepted: a preset's name, the short form ("7,6,4+gravity"), or an object whose options may be left out. */
const RulesAsked = Type.Union(
  [
    Type.String({ minLength: 1, maxLength: 64 }),
    Type.Object(
      {
        width: Type.Integer(),
        height: Type.Integer(),
        line: Type.Integer(),
        gravity: Type.Optional(Type.Boolean()),
        misere: Type.Optional(Type.Boolean()),
        marks: Type.Optional(oneOf(markRules)),
        exact: Type.Optional(Type.Boolean()),
      },
      strict,
    ),
  ],
  { description: `${Object.keys(presets).join(', ')}, a short form such as 7,6,4+gravity, or an object.` },
)

const ClockMs = count('Milliseconds.', limits.clockMsMax)
export const TimeControl = Type.Union([
  Type.Object({ initialMs: ClockMs, incrementMs: ClockMs }, strict),
  Type.Object({ perMoveMs: Type.Integer({ minimum: 1, maximum: limits.clockMsMax }) }, strict),
])
const ClockAsked = Type.Union(TimeControl.anyOf, {
  description: 'Time for the whole game and more with each move, or a time for each move. Left out: no clock.',
})
const Account = Type.Object({ id: AccountId, name: Type.String(), bot: Type.Optional(oneOf(levels)) }, strict)
const Seats = Type.Object({ X: nullable(Account), O: nullable(Account) }, strict)
const Outcome = Type.Object(
  {
    winner: nullable(Player),
    by: oneOf(endings),
    line: Type.Optional(Type.Array(Type.Tuple([X, Y]))),
  },
  strict,
)

/** The whole state of a game as a client sees it. */
export const GameView = Type.Object(
  {
    game: GameId,
    version: Version,
    rules: Rules,
    seats: oneOf(seatings, 'invite: two owners. open: anybody who names the player to move.'),
    board: Type.String({ description: 'Row-major; X, O, or . for an empty cell.' }),
    turn: nullable(Player),
    players: Seats,
    outcome: nullable(Outcome),
    clock: Type.Optional(
      Type.Object(
        {
          control: TimeControl,
          X: Type.Integer({ description: 'Milliseconds left when this was sent.' }),
          O: Type.Integer({ description: 'Milliseconds left when this was sent.' }),
          running: Type.Boolean({ description: 'The clock of the player to move is running.' }),
        },
        strict,
      ),
    ),
    offer: Type.Optional(Type.Object({ player: Player, what: oneOf(offers) }, strict)),
    last: Type.Optional(
      Type.Object(
        {
          type: Type.String({ description: 'The last event.' }),
          player: Type.Optional(Player),
          x: Type.Optional(X),
          y: Type.Optional(Y),
          what: Type.Optional(oneOf(offers)),
        },
        strict,
      ),
    ),
    next: Type.Optional(GameId),
  },
  strict,
)
export type GameView = Type.Static<typeof GameView>

export const statuses = ['open', 'live', 'over'] as const
export type Status = (typeof statuses)[number]

/** A game as a list shows it. */
export const GameSummary = Type.Object(
  {
    game: GameId,
    rules: Rules,
    status: oneOf(statuses),
    players: Seats,
    outcome: nullable(Outcome),
    clock: Type.Optional(TimeControl),
    at: Type.Integer({ description: 'Wall clock of the last change of status, ms since 1970.' }),
  },
  strict,
)
export type GameSummary = Type.Static<typeof GameSummary>

const Games = Type.Object({ games: Type.Array(GameSummary), next: Type.Optional(Type.String()) }, strict)

const Hello = Type.Object(
  {
    protocol: Type.Literal(1),
    server: Type.String({ description: 'Name and version of the server.' }),
    account: Account,
    token: Type.String({ description: 'Proves the account on any connection, door and node.' }),
    limits: Type.Object(
      {
        messageBytesMax: Type.Integer(),
        requestsPerSecond: Type.Integer(),
        requestBurst: Type.Integer(),
        watchedGamesMax: Type.Integer(),
      },
      strict,
    ),
    durability: Type.String({ description: 'What an acknowledged move survives: memory, process, disk or quorum.' }),
    heartbeatMs: Type.Integer(),
  },
  strict,
)

const Record = Type.Object(
  {
    game: GameId,
    entries: Type.Array(
      Type.Object(
        {
          version: Version,
          at: Type.Integer({ description: 'Wall clock when it was decided, ms since 1970.' }),
          event: Type.Unknown(),
          chain: Type.String({ description: '32 hexadecimal digits.' }),
        },
        strict,
      ),
    ),
    head: Type.String({ description: 'The chain of the last entry.' }),
  },
  strict,
)
export type GameRecord = Type.Static<typeof Record>

const game = { game: GameId }
const addressed = {
  ...game,
  version: Type.Optional(count('The version that this was decided against: with it a repeat is safe.')),
}
const Speaker = oneOf(
  players,
  'Who acts: for boards with open seats, and for whoever owns both. Left out: who is to move.',
)
const speaking = { ...addressed, player: Type.Optional(Speaker) }
const Mark = oneOf(players, 'What to place, where the rules let you choose (wild).')
const Offered = oneOf(offers, 'A takeback: of the own last move, and the answer to it.')

/** One row a method, in the order of the reference. Reading needs no `hello`; a command by a stranger makes a guest. */
export const methods = {
  hello: {
    about: 'Says who you are and learns what the server speaks. Without a token: a new guest.',
    params: Type.Object(
      {
        protocol: Type.Optional(
          Type.Array(Type.Integer(), { minItems: 1, maxItems: 16, description: 'Versions that you speak: [1].' }),
        ),
        token: Type.Optional(Type.String({ maxLength: 2_048, description: 'Of an earlier hello: be that account.' })),
        name: Type.Optional(Name),
      },
      strict,
    ),
    result: Hello,
  },
  ping: {
    about: 'Answers at once.',
    params: Type.Object({}, strict),
    result: Type.Object({ now: Type.Integer({ description: 'Wall clock of the server, ms since 1970.' }) }, strict),
  },
  'rpc.discover': {
    about: 'This table as an OpenRPC document.',
    params: Type.Object({}, strict),
    result: Type.Unknown(),
  },
  'game.create': {
    about: 'Opens a game. With an id of your own choice a repeat is safe.',
    params: Type.Object(
      {
        game: Type.Optional(GameId),
        rules: Type.Optional(RulesAsked),
        seat: Type.Optional(
          oneOf(
            ['X', 'O', 'any', 'none'],
            'Yours, by default X. any: drawn from the id. none: the game waits for others.',
          ),
        ),
        seats: Type.Optional(
          oneOf(seatings, 'invite (the default): two owners. open: anybody moves for either player.'),
        ),
        public: Type.Optional(Type.Boolean({ description: 'Listed in the lobby. Else the id is the invitation.' })),
        opponent: Type.Optional(
          Type.Object(
            { bot: oneOf(levels) },
            { ...strict, description: 'Who sits opposite. Left out: whoever joins.' },
          ),
        ),
        clock: Type.Optional(ClockAsked),
      },
      strict,
    ),
    result: GameView,
  },
  'game.join': {
    about: 'Takes a free seat; your own seat again is no error.',
    params: Type.Object(
      { ...addressed, player: Type.Optional(oneOf(players, 'Whose seat. Left out: a free one.')) },
      strict,
    ),
    result: GameView,
  },
  'game.move': {
    about: 'Places a mark. The answer comes when the move is stored.',
    params: Type.Object({ ...speaking, x: X, y: Y, mark: Type.Optional(Mark) }, strict),
    result: GameView,
  },
  'game.resign': {
    about: 'Gives the game to the opponent.',
    params: Type.Object(speaking, strict),
    result: GameView,
  },
  'game.offer': {
    about: 'Proposes a draw, a takeback or a rematch.',
    params: Type.Object({ ...speaking, what: Offered }, strict),
    result: GameView,
  },
  'game.answer': {
    about: 'Accepts (the default) or declines an offer; declining your own withdraws it.',
    params: Type.Object(
      { ...speaking, what: Offered, accept: Type.Optional(Type.Boolean({ description: 'False: no.' })) },
      strict,
    ),
    result: GameView,
  },
  'game.restart': {
    about: 'Clears a board with open seats for a new game.',
    params: Type.Object({ ...addressed, rules: Type.Optional(RulesAsked) }, strict),
    result: GameView,
  },
  'game.get': { about: 'The position now.', params: Type.Object(game, strict), result: GameView },
  'game.record': {
    about: 'Every event of the game with its hash chain: verifiable offline.',
    params: Type.Object(game, strict),
    result: Record,
  },
  'game.watch': {
    about: 'The position now, and `game.changed` from then on.',
    params: Type.Object(game, strict),
    result: GameView,
  },
  'game.unwatch': {
    about: 'No more `game.changed`.',
    params: Type.Object(game, strict),
    result: Type.Object({}, strict),
  },
  'lobby.list': {
    about: 'The open games, oldest first, and the live public ones.',
    params: Type.Object({ rules: Type.Optional(RulesAsked) }, strict),
    result: Games,
  },
  'lobby.watch': {
    about: 'The list, and `lobby.changed` from then on.',
    params: Type.Object({ rules: Type.Optional(RulesAsked) }, strict),
    result: Games,
  },
  'lobby.unwatch': {
    about: 'No more `lobby.changed`.',
    params: Type.Object({}, strict),
    result: Type.Object({}, strict),
  },
  'lobby.play': {
    about: 'Sits down at the oldest fitting open game, or opens one.',
    params: Type.Object({ rules: Type.Optional(RulesAsked), clock: Type.Optional(ClockAsked) }, strict),
    result: GameView,
  },
  'account.games': {
    about: 'Your games, newest first.',
    params: Type.Object(
      {
        status: Type.Optional(oneOf(statuses, 'open: waits for an opponent. Left out: all.')),
        cursor: Type.Optional(Type.String({ maxLength: 128, description: 'The next of the page before.' })),
      },
      strict,
    ),
    result: Games,
  },
} as const

export type MethodName = keyof typeof methods
export type Params<Method extends MethodName> = Type.Static<(typeof methods)[Method]['params']>
export type Result<Method extends MethodName> = Type.Static<(typeof methods)[Method]['result']>
export const methodNames = Object.keys(methods) as readonly MethodName[]

/** What the server says unasked. State, not deltas: the same version or an older one is to be ignored. */
export const notifications = {
  'game.changed': { about: 'The position after a change; `last` says what happened.', params: GameView },
  'game.presence': {
    about: 'Who is connected. Has no version and may be lost.',
    params: Type.Object(
      {
        game: GameId,
        online: Type.Object({ X: Type.Boolean(), O: Type.Boolean() }, strict),
        watching: count('Connections that hear of the game and own no seat.'),
      },
      strict,
    ),
  },
  'lobby.changed': {
    about: 'A listed game was opened or changed; null: it left the list.',
    params: Type.Object({ game: GameId, summary: nullable(GameSummary) }, strict),
  },
  'server.closing': {
    about: 'The server is going away; come back after the time named, here or on another node.',
    params: Type.Object({ reason: Type.String(), reconnectInMs: Type.Integer() }, strict),
  },
} as const

export type NotificationName = keyof typeof notifications
export type Notification<Name extends NotificationName> = Type.Static<(typeof notifications)[Name]['params']>
