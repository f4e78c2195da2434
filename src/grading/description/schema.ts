/**
 * The description of a submission: how to start it and how its protocol says move, reset, error, win, draw and board.
 * A submission brings it as YAML. Each schema's description is what an error message says was expected.
 */
import { type Static, Type } from 'typebox'
import { type answerSchema, client, type clientAnswers } from './client-schema.ts'
import {
  type board,
  codeSchema,
  count,
  framing,
  keyboard,
  maybe,
  members,
  oneOf,
  type pattern,
  read,
  type request,
  send,
  startSchema,
  type stepSchema,
  steps,
  textSchema,
} from './schema-parts.ts'

export const descriptionSchema = members(
  {
    extends: maybe(oneOf(['oxo-text'], 'a protocol that is known')),
    name: maybe(textSchema('who made the submission')),
    start: maybe(startSchema),
    address: maybe(textSchema('a host name or an address, if it is not found by itself')),
    connect: maybe(
      oneOf(['shared', 'player', 'move'], 'one connection for both players, for each player, or for each request'),
    ),
    framing: maybe(framing),
    players: maybe(
      members({ X: maybe(codeSchema), O: maybe(codeSchema) }, 'what is written for {player}: {X: …, O: …}'),
    ),
    'new-game': maybe(oneOf(['reset', 'restart', 'reconnect', 'id'], 'how a game begins')),
    'after-end': maybe(oneOf(['stays', 'new', 'closes'], 'what the server does after the end of a game')),
    open: maybe(steps('on each new connection')),
    join: maybe(steps('for each player of a new game')),
    ignore: maybe(
      Type.Array(textSchema('a regular expression'), {
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
        { move: maybe(count), error: maybe(count), win: maybe(count), draw: maybe(count), reset: maybe(count) },
        "messages on the other player's connection, by meaning",
      ),
    ),
    keyboard: maybe(keyboard),
    client: maybe(client),
    adapter: maybe(textSchema('the command of an adapter, instead of framing, send and read')),
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
export type ConnectionStep = Static<typeof stepSchema>
export type StepsText = Static<ReturnType<typeof steps>>
export type ReadPatterns = Static<typeof read>
export type ClientText = Static<typeof client>
export type ClientAnswers = Static<typeof clientAnswers>
export type AnswerText = Static<typeof answerSchema>
