/** The examples of the OpenRPC document: each method with valid params and a matching answer, as one conversation. */
import type { MethodName, Params, Result } from './methods.ts'

const rules = { width: 3, height: 3, line: 3, gravity: false, misere: false, marks: 'own', exact: false } as const
const ann = { id: 'a-1', name: 'Ann' }
const bob = { id: 'a-2', name: 'Bob' }
const alone = {
  ...{ game: 'g7', version: 1, rules, seats: 'invite', board: '.........', turn: 'X' },
  ...{ players: { X: ann, O: null }, outcome: null, last: { type: 'created' } },
} as const satisfies Result<'game.get'>
const joined = {
  ...alone,
  ...{ version: 2, players: { X: ann, O: bob }, last: { type: 'joined', player: 'O' } },
} as const satisfies Result<'game.get'>
const moved = {
  ...joined,
  ...{ version: 3, board: '....X....', turn: 'O', last: { type: 'moved', player: 'X', x: 1, y: 1 } },
} as const satisfies Result<'game.get'>
const offered = {
  ...moved,
  ...{ version: 4, offer: { player: 'X', what: 'draw' }, last: { type: 'offered', player: 'X', what: 'draw' } },
} as const satisfies Result<'game.get'>
const drawn = {
  ...moved,
  ...{ version: 5, turn: null, outcome: { winner: null, by: 'agreement' } },
  last: { type: 'accepted', player: 'O', what: 'draw' },
} as const satisfies Result<'game.get'>
const resigned = {
  ...moved,
  ...{ version: 4, turn: null, outcome: { winner: 'X', by: 'resignation' } },
  last: { type: 'resigned', player: 'O' },
} as const satisfies Result<'game.get'>
const summary = {
  ...{ game: 'g7', rules, status: 'open', players: alone.players, outcome: null, at: 1_767_225_600_000 },
} as const satisfies Result<'lobby.list'>['games'][number]
const main = {
  ...{ game: 'main', version: 12, rules, seats: 'open', board: '.........', turn: 'X' },
  ...{ players: { X: null, O: null }, outcome: null, last: { type: 'restarted' } },
} as const satisfies Result<'game.get'>

const device = {
  endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABk',
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  key: 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs',
} as const

type Example<Method extends MethodName> = readonly [params: Params<Method>, result: Result<Method>]

export const openRpcExamples: { readonly [Method in MethodName]: Example<Method> } = {
  hello: [
    { protocol: [1], name: 'Ann' },
    {
      ...{ protocol: 1, server: 'oxo 0.1.0', account: ann, token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhLTEifQ.c2lnbmVk' },
      limits: { messageBytesMax: 8192, requestsPerSecond: 100, requestBurst: 200, watchedGamesMax: 1000 },
      ...{ durability: 'disk', heartbeatMs: 20_000, journal: 'j-1', alone: true },
    },
  ],
  ping: [{}, { now: 1_767_225_600_000 }],
  'rpc.discover': [{}, { openrpc: '1.3.2', info: { title: 'Oxo', version: '0.1.0' }, methods: [] }],
  'game.create': [{ game: 'g7', rules: 'tictactoe', seat: 'X' }, alone],
  'game.join': [{ game: 'g7', version: 1 }, joined],
  'game.move': [{ game: 'g7', version: 2, x: 1, y: 1 }, moved],
  'game.resign': [{ game: 'g7', version: 3, player: 'O' }, resigned],
  'game.offer': [{ game: 'g7', version: 3, what: 'draw', player: 'X' }, offered],
  'game.answer': [{ game: 'g7', version: 4, what: 'draw', accept: true }, drawn],
  'game.restart': [{ game: 'main' }, main],
  'game.say': [{ game: 'g7', what: 'hello' }, {}],
  'game.get': [{ game: 'g7' }, moved],
  'game.record': [
    { game: 'g7', from: 2 },
    {
      game: 'g7',
      entries: [
        {
          ...{ version: 2, at: 1_767_225_600_000, chain: '8c1d2f0ab5e64f6f9d3e27c1a0b4d5e6' },
          event: { type: 'joined', player: 'O', by: bob },
        },
      ],
      head: '8c1d2f0ab5e64f6f9d3e27c1a0b4d5e6',
    },
  ],
  'game.watch': [{ game: 'g7' }, moved],
  'game.unwatch': [{ game: 'g7' }, {}],
  'lobby.list': [{ rules: 'tictactoe' }, { games: [summary] }],
  'lobby.watch': [{}, { games: [summary] }],
  'lobby.unwatch': [{}, {}],
  'lobby.play': [
    { key: 'g8', rules: 'tictactoe' },
    { ...alone, game: 'g8' },
  ],
  'account.games': [{ status: 'open' }, { games: [summary] }],
  'push.key': [{}, { key: device.key }],
  'push.subscribe': [device, {}],
  'push.unsubscribe': [{ endpoint: device.endpoint }, {}],
}
