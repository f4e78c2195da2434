/** The method table: each method with its params and result. Validation, types and the reference are generated from it. */
import * as Type from 'typebox'
import { makeNumber } from '../../base/index.ts'
import { levels, offers, players, seatings } from '../../game/index.ts'
import { limits } from '../limits.ts'
import { PushDevice, PushEndpoint } from './device.ts'
import {
  Account,
  ConnectionLimits,
  count,
  GameId,
  gameId,
  GameRecord,
  GameSummary,
  GameView,
  MatchLength,
  oneOf,
  RulesAsked,
  Said,
  statuses,
  strict,
  TimeControl,
  X,
  Y,
} from './shapes.ts'

const Name = Type.String({
  minLength: 1,
  maxLength: 96,
  description: 'Shown to others: 1 to 24 characters, marks and joiners not counted.',
})
const ClockAsked = Type.Union(TimeControl.anyOf, {
  description: 'Time for the whole game and more with each move, or a time for each move. Left out: no clock.',
})

const MatchAsked = Type.Union(MatchLength.anyOf, {
  description: 'A match of at most so many games, of which this is the first. Left out: a single game.',
})

const Games = Type.Object(
  {
    games: Type.Array(GameSummary, {
      description: `At most ${limits.pageRows} of an account; of a lobby at most ${limits.lobbyGamesMax} of each status.`,
    }),
    next: Type.Optional(Type.String({ description: 'There are more: the cursor of the next page. Never in a lobby.' })),
    behind: Type.Optional(
      Type.Literal(true, {
        description: 'What has changed in the last seconds or before may be missing. Never in a lobby.',
      }),
    ),
  },
  strict,
)

const Hello = Type.Object(
  {
    protocol: Type.Literal(1, { description: 'The version that is spoken from now on.' }),
    server: Type.String({ description: 'Name and version of the server.' }),
    account: Type.Object(Account.properties, { ...strict, description: 'Who you are.' }),
    token: Type.String({
      description: `Proves the account on any connection, protocol and node, for ${limits.tokenMs / 86_400_000} days; each hello brings a fresh one.`,
    }),
    limits: Type.Object(ConnectionLimits.properties, { ...strict, description: 'What one connection may ask.' }),
    durability: Type.String({ description: 'What an acknowledged move survives: memory, process, disk or quorum.' }),
    heartbeatMs: Type.Integer({ description: 'A connection without a word for two of these is dead, in ms.' }),
    journal: Type.Optional(
      Type.String({
        description:
          'Which games are served: another text once they were replaced, or put back to an older state. Forget then what you saw of them.',
      }),
    ),
    alone: Type.Optional(
      Type.Boolean({ description: 'No other node serves these games: what this one says of them is the newest.' }),
    ),
  },
  strict,
)

const game = { game: GameId }
const addressed = {
  ...game,
  version: Type.Optional(count('The version that this was decided against: with it a repeat is safe.')),
}
const Speaker = oneOf(
  players,
  'The player who acts: needed where seats are open, and by the owner of both seats. By default the player to move.',
)
const speaking = { ...addressed, player: Type.Optional(Speaker) }
const Mark = oneOf(players, 'What to place, where the rules let you choose (wild).')
const Offered = oneOf(offers, 'A takeback: of the own last move, and the answer to it.')

/** One row per method, in the order of the reference. Reads need no `hello`; a command without an account creates a guest. */
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
            'X',
          ),
        ),
        seats: Type.Optional(
          oneOf(seatings, 'invite (the default): two owners. open: anybody moves for either player.', 'invite'),
        ),
        public: Type.Optional(
          Type.Boolean({ default: false, description: 'Listed in the lobby. Else the id is the invitation.' }),
        ),
        opponent: Type.Optional(
          Type.Object(
            { bot: oneOf(levels, 'How well it plays.') },
            { ...strict, description: 'The opponent. By default the first player who joins.' },
          ),
        ),
        clock: Type.Optional(ClockAsked),
        match: Type.Optional(MatchAsked),
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
    about: 'Gives the game to the opponent; a game that nobody has joined is withdrawn.',
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
      { ...speaking, what: Offered, accept: Type.Optional(Type.Boolean({ default: true, description: 'False: no.' })) },
      strict,
    ),
    result: GameView,
  },
  'game.restart': {
    about: 'Clears a board with open seats for a new game.',
    params: Type.Object({ ...addressed, rules: Type.Optional(RulesAsked) }, strict),
    result: GameView,
  },
  'game.say': {
    about: 'Says a set phrase, or shows a reaction, to the opponent in a game between two people.',
    params: Type.Object({ ...game, what: Said }, strict),
    result: Type.Object({}, strict),
  },
  'game.get': { about: 'The position now.', params: Type.Object(game, strict), result: GameView },
  'game.record': {
    about: 'Every event of the game with its hash chain: verifiable offline.',
    params: Type.Object(
      {
        ...game,
        from: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: Number.MAX_SAFE_INTEGER,
            description: `A page, from this version on: 1, then \`next\`. Left out: all, of a game with at most ${makeNumber(limits.recordEntriesMax)} entries.`,
          }),
        ),
      },
      strict,
    ),
    result: GameRecord,
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
    params: Type.Object(
      {
        rules: Type.Optional(RulesAsked),
        clock: Type.Optional(ClockAsked),
        match: Type.Optional(MatchAsked),
        key: Type.Optional(
          gameId('Names the wish: the id of the game that it opens if nobody waits. With it a repeat is safe.'),
        ),
      },
      strict,
    ),
    result: GameView,
  },
  'account.games': {
    about: 'Your games, newest first.',
    params: Type.Object(
      {
        status: Type.Optional(oneOf(statuses, 'open: waits for an opponent. Left out: all.')),
        cursor: Type.Optional(Type.String({ maxLength: 512, description: 'The next of the page before.' })),
      },
      strict,
    ),
    result: Games,
  },
  'push.key': {
    about: 'The key for `push.subscribe`.',
    params: Type.Object({}, strict),
    result: Type.Object(
      {
        key: Type.Optional(Type.String({ description: 'In base64url. Left out: this server sends no push messages.' })),
      },
      strict,
    ),
  },
  'push.subscribe': {
    about: 'Tells your device of your games while it has no connection, by Web Push. Again: renews it.',
    params: PushDevice,
    result: Type.Object({}, strict),
  },
  'push.unsubscribe': {
    about: 'Tells the device nothing any more.',
    params: Type.Object({ endpoint: PushEndpoint }, strict),
    result: Type.Object({}, strict),
  },
} as const

export type MethodName = keyof typeof methods
export type Params<Method extends MethodName> = Type.Static<(typeof methods)[Method]['params']>
export type Result<Method extends MethodName> = Type.Static<(typeof methods)[Method]['result']>
export const methodNames = Object.keys(methods) as readonly MethodName[]
