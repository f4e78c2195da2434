/** The schemas of messages: the state of a game, a row of a list, a record, and their parts. Descriptions are prose. */
import * as Type from 'typebox'
import {
  endings,
  type Event,
  levels,
  markRules,
  matchLengths,
  offers,
  players,
  presets,
  seatings,
} from '../../game/index.ts'
import { gameIdPattern } from '../game-id.ts'
import { limits } from '../limits.ts'
import { sayings } from '../sayings.ts'

export const strict = { additionalProperties: false }

/** @param whenLeftOut the default value. */
export function oneOf<const T extends string>(
  values: readonly T[],
  description?: string,
  whenLeftOut?: NoInfer<T>,
): Type.TEnum<T[]> {
  return Type.Enum<T[]>([...values], {
    ...(description === undefined ? {} : { description }),
    ...(whenLeftOut === undefined ? {} : { default: whenLeftOut }),
  })
}

export function count(description: string, maximum: number = Number.MAX_SAFE_INTEGER): Type.TInteger {
  return Type.Integer({ minimum: 0, maximum, description })
}

export function nullable<T extends Type.TSchema>(schema: T, description: string): Type.TUnion<[T, Type.TNull]> {
  return Type.Union([schema, Type.Null()], { description })
}

const side = (description: string): Type.TInteger =>
  Type.Integer({ minimum: 1, maximum: limits.boardSideMax, description })

export const gameId = (description: string): Type.TString => Type.String({ pattern: `^${gameIdPattern}$`, description })

export const GameId = gameId('A game: 1 to 64 characters of A–Z a–z 0–9 _ -.')
export const X = count('Column from the left, 0-based.', limits.boardSideMax - 1)
export const Y = count('Row from the top, 0-based.', limits.boardSideMax - 1)

const about = {
  width: 'Columns.',
  height: 'Rows.',
  line: 'Equal marks side by side that end the game.',
  gravity: 'A mark falls to the lowest empty cell of its column.',
  misere: 'The player who completes a line loses.',
  marks: 'own: each player places their own. wild: either. shared: both place X.',
  exact: 'A longer run is no line.',
} as const

/** Rules as the server sends them: every member is present. */
export const Rules = Type.Object(
  {
    width: side(about.width),
    height: side(about.height),
    line: side(about.line),
    gravity: Type.Boolean({ description: about.gravity }),
    misere: Type.Boolean({ description: about.misere }),
    marks: oneOf(markRules, about.marks),
    exact: Type.Boolean({ description: about.exact }),
  },
  strict,
)
/** Rules as the server accepts them: the name of a preset, the short form ("7,6,4+gravity"), or an object with optional members. */
export const RulesAsked = Type.Union(
  [
    Type.String({ minLength: 1, maxLength: 64 }),
    Type.Object(
      {
        width: Type.Integer({ description: about.width }),
        height: Type.Integer({ description: about.height }),
        line: Type.Integer({ description: about.line }),
        gravity: Type.Optional(Type.Boolean({ description: about.gravity })),
        misere: Type.Optional(Type.Boolean({ description: about.misere })),
        marks: Type.Optional(oneOf(markRules, about.marks)),
        exact: Type.Optional(Type.Boolean({ description: about.exact })),
      },
      strict,
    ),
  ],
  { description: `${Object.keys(presets).join(', ')}, a short form such as 7,6,4+gravity, or an object.` },
)

/** A duration that a time control may have, in ms. */
const span = (description: string): Type.TInteger =>
  Type.Integer({ minimum: 1, maximum: limits.clockMsMax, description })

export const TimeControl = Type.Union([
  Type.Object(
    {
      initialMs: span('What each player has for the whole game, in ms.'),
      incrementMs: count('What each move adds to the clock of its player, in ms.', limits.clockMsMax),
    },
    strict,
  ),
  Type.Object(
    {
      perMoveMs: span('The time for each turn, in ms; it starts again with every turn.'),
    },
    strict,
  ),
])

export const Account = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64, description: 'Names the account; it never changes.' }),
    name: Type.String({ description: 'How others see them, as it was when they sat down.' }),
    bot: Type.Optional(oneOf(levels, 'Played by the server, this well. Left out: by nobody that the server knows of.')),
  },
  strict,
)
const Seats = Type.Object(
  { X: nullable(Account, 'Null: the seat is free.'), O: nullable(Account, 'Null: the seat is free.') },
  strict,
)
const Owners = Type.Object(Seats.properties, {
  ...strict,
  description: 'Who owns which seat; nobody where seats are open.',
})

export const Outcome = Type.Object(
  {
    winner: nullable(oneOf(players), 'Null: a draw, or a withdrawal.'),
    by: oneOf(
      endings,
      'full: the board is full. time: a flag fell. abandonment: who was to move stayed away. withdrawal: nobody had joined.',
    ),
    line: Type.Optional(
      Type.Array(Type.Tuple([X, Y]), { description: 'The places [x, y] of the line that ended it.' }),
    ),
  },
  strict,
)
const Ended = nullable(Outcome, 'How the game ended; null until then.')

const left = 'Milliseconds left when this was sent.'
export const Clock = Type.Object(
  {
    control: Type.Union(TimeControl.anyOf, { description: 'The time that was agreed on.' }),
    X: Type.Integer({ description: left }),
    O: Type.Integer({ description: left }),
    running: Type.Boolean({ description: 'The clock of the player to move is running.' }),
  },
  strict,
)

const most = Math.max(...matchLengths)
export const MatchLength = Type.Union([Type.Literal(3), Type.Literal(5), Type.Literal(7)], {
  description: 'How many games it has at most.',
})
export const Match = Type.Object(
  {
    length: MatchLength,
    game: Type.Integer({ minimum: 1, maximum: most, description: 'The number of this game.' }),
    X: count('Games won by the player who is X in this game, with this one.', most),
    O: count('Games won by the player who is O in this game, with this one.', most),
    drawn: count('Drawn games, with this one.', most),
    over: Type.Boolean({ description: 'The match is over: a rematch begins another one.' }),
  },
  strict,
)
const OfMatch = Type.Object(Match.properties, { ...strict, description: 'Left out: a single game.' })

/** The types of events; the compiler checks that none is missing. */
export const happenings = Object.keys({
  created: true,
  joined: true,
  moved: true,
  resigned: true,
  withdrawn: true,
  offered: true,
  accepted: true,
  declined: true,
  flagged: true,
  abandoned: true,
  restarted: true,
} satisfies Record<Event['type'], true>) as Event['type'][]

export const LastEvent = Type.Object(
  {
    type: oneOf(happenings, 'What happened.'),
    player: Type.Optional(oneOf(players, 'Who did it; whose flag fell; who stayed away.')),
    x: Type.Optional(X),
    y: Type.Optional(Y),
    what: Type.Optional(oneOf(offers, 'What was offered, accepted, or declined.')),
  },
  strict,
)

/** The complete state of a game as clients receive it. */
export const GameView = Type.Object(
  {
    game: GameId,
    version: count('How many events the game has had.'),
    rules: Type.Object(Rules.properties, { ...strict, description: 'What is played.' }),
    seats: oneOf(seatings, 'invite: two owners. open: anybody who names the player to move.'),
    board: Type.String({ description: 'Row-major: cell x, y is at y · width + x. X, O, or . for an empty cell.' }),
    turn: nullable(oneOf(players), 'Who is to move; null when the game is over.'),
    players: Owners,
    outcome: Ended,
    clock: Type.Optional(Type.Object(Clock.properties, { ...strict, description: 'Left out: the game has no clock.' })),
    match: Type.Optional(OfMatch),
    offer: Type.Optional(
      Type.Object(
        { player: oneOf(players, 'Who offers.'), what: oneOf(offers, 'What is offered.') },
        { ...strict, description: 'What waits for an answer.' },
      ),
    ),
    last: Type.Optional(Type.Object(LastEvent.properties, { ...strict, description: 'The newest event.' })),
    next: Type.Optional(gameId('The game that the accepted rematch led to.')),
  },
  strict,
)
export type GameView = Type.Static<typeof GameView>

export const statuses = ['open', 'live', 'over'] as const
export type Status = (typeof statuses)[number]

/** A game as a row of a list. */
export const GameSummary = Type.Object(
  {
    game: GameId,
    rules: Type.Object(Rules.properties, { ...strict, description: 'What is played.' }),
    status: oneOf(statuses, 'open: a seat is free. live: it can be played. over: it has an outcome.'),
    players: Owners,
    outcome: Ended,
    clock: Type.Optional(Type.Union(TimeControl.anyOf, { description: 'Left out: the game has no clock.' })),
    match: Type.Optional(OfMatch),
    at: Type.Integer({ description: 'Wall clock of the last change of status, ms since 1970.' }),
  },
  strict,
)
export type GameSummary = Type.Static<typeof GameSummary>

export const RecordEntry = Type.Object(
  {
    version: count('Its number: 1, 2, 3 …'),
    at: Type.Integer({ description: 'Wall clock when it was decided, ms since 1970.' }),
    event: Type.Unknown({ description: 'What happened: see Records.' }),
    chain: Type.String({ description: '32 hexadecimal digits: see Records.' }),
  },
  strict,
)

export const GameRecord = Type.Object(
  {
    game: GameId,
    entries: Type.Array(RecordEntry, { description: 'Every event, oldest first; of a page its own.' }),
    head: Type.String({ description: 'The chain of the last entry; empty for a page without one.' }),
    next: Type.Optional(
      Type.Integer({
        description: 'Of a page: the version from which the next one is to be asked. Left out: the end.',
      }),
    ),
  },
  strict,
)
export type GameRecord = Type.Static<typeof GameRecord>

export const ConnectionLimits = Type.Object(
  {
    messageBytesMax: Type.Integer({ description: 'The longest message that is read, in bytes.' }),
    requestsPerSecond: Type.Integer({ description: 'Requests a second in the long run; 0: no limit.' }),
    requestBurst: Type.Integer({ description: 'Requests at once after a pause.' }),
    watchedGamesMax: Type.Integer({ description: 'Games that one connection may watch.' }),
  },
  strict,
)

export const Said = oneOf(sayings, 'Six phrases, then six reactions. Show it in the words of your reader.')
