/** The table of notifications, each with its params. */
import * as Type from 'typebox'
import { players } from '../../game/index.ts'
import { count, GameId, GameSummary, GameView, nullable, oneOf, Said, strict } from './shapes.ts'

/** The notifications. They carry states, not deltas: a client ignores a state that is not newer than the one that it has. */
export const notifications = {
  'game.changed': { about: 'The position after a change; `last` says what happened.', params: GameView },
  'game.presence': {
    about: 'Who is connected. Has no version and may be lost.',
    params: Type.Object(
      {
        game: GameId,
        online: Type.Object(
          { X: Type.Boolean({ description: 'Of this seat.' }), O: Type.Boolean({ description: 'Of this seat.' }) },
          { ...strict, description: 'Whether the owner of the seat has a connection that watches the game.' },
        ),
        watching: count('Connections that watch the game and own no seat.'),
      },
      strict,
    ),
  },
  'game.said': {
    about: 'A player has said something; only the players are told. Has no version and may be lost.',
    params: Type.Object({ game: GameId, by: oneOf(players, 'Who said it.'), what: Said }, strict),
  },
  'lobby.changed': {
    about: 'A listed game was opened or changed; null: it left the list.',
    params: Type.Object({ game: GameId, summary: nullable(GameSummary, 'How it is listed now.') }, strict),
  },
  'server.closing': {
    about: 'The server is going away; come back after the time named, here or on another node.',
    params: Type.Object(
      {
        reason: Type.String({ description: 'For people.' }),
        reconnectInMs: Type.Integer({ description: 'When to come back, in ms from now.' }),
      },
      strict,
    ),
  },
} as const

export type NotificationName = keyof typeof notifications
export type Notification<Name extends NotificationName> = Type.Static<(typeof notifications)[Name]['params']>
