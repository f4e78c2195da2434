/** The errors of each method, for the OpenRPC document. No code depends on them at run time. */
import type { ErrorName } from '../errors.ts'
import type { MethodName } from './methods.ts'

/** Errors that any request may be answered with. */
export const anyErrors = [
  'parse-error',
  'invalid-request',
  'method-not-found',
  'invalid-params',
  'internal',
  'too-large',
  'rate-limited',
  'unavailable',
] as const satisfies readonly ErrorName[]

const stored = ['outcome-unknown', 'storage-full'] as const
const ofCommands = ['no-such-game', 'stale', 'not-your-seat', ...stored] as const

export const methodErrors: { readonly [Name in MethodName]: readonly ErrorName[] } = {
  hello: ['bad-token', 'bad-name', 'unsupported-protocol'],
  ping: [],
  'rpc.discover': [],
  'game.create': ['bad-token', 'bad-rules', 'id-taken', 'too-many', ...stored],
  'game.join': [...ofCommands, 'bad-token', 'seat-taken', 'game-over', 'too-many'],
  'game.move': [
    ...ofCommands,
    'bad-token',
    'not-your-turn',
    'not-started',
    'game-over',
    'cell-taken',
    'off-board',
    'bad-rules',
  ],
  'game.resign': [...ofCommands, 'bad-token', 'not-started', 'game-over'],
  'game.offer': [...ofCommands, 'bad-token', 'not-started', 'game-over', 'not-over', 'too-many'],
  'game.answer': [...ofCommands, 'bad-token', 'no-offer'],
  'game.restart': [...ofCommands, 'bad-token', 'bad-rules'],
  'game.say': ['bad-token', 'no-such-game', 'not-your-seat', 'not-started'],
  'game.get': ['no-such-game'],
  'game.record': ['no-such-game', 'too-many'],
  'game.watch': ['no-such-game', 'too-many'],
  'game.unwatch': [],
  'lobby.list': ['bad-rules'],
  'lobby.watch': ['bad-rules', 'too-many'],
  'lobby.unwatch': [],
  'lobby.play': ['bad-token', 'bad-rules', 'id-taken', 'too-many', ...stored],
  'account.games': ['bad-token', 'no-such-game'],
  'push.key': [],
  'push.subscribe': ['bad-token', 'storage-full'],
  'push.unsubscribe': ['bad-token', 'storage-full'],
}
