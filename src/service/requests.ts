/** The handlers: how each method of the protocol is served. */
import { makeId } from '../base/index.ts'
import {
  type Account,
  type Command,
  type Level,
  opponent,
  parseRules,
  type Player,
  presets,
  type Rules,
  startMatch,
} from '../game/index.ts'
import { Fault, type MethodName, type Params } from '../protocol/index.ts'
import type { Sayings } from './audience/sayings.ts'
import type { Arbiter } from './games/arbiter.ts'
import type { PendingCommand } from './games/pending-command.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Change } from './games/change.ts'
import { answer } from './sessions/slow-requests.ts'
import type { Games } from './games/games.ts'
import type { Lobby } from './lobby/lobby.ts'
import { checkName } from './sessions/name.ts'
import { answerRecord, answerRecordPage } from './games/record.ts'
import { type Reply, SettlingReply } from './sessions/reply.ts'
import type { ClientSession } from './sessions/client-session.ts'
import type { ServiceContext } from './context.ts'
import type { Push } from './push/push.ts'
import type { Tokens } from './sessions/tokens.ts'

/** What the handlers have access to. */
export interface HandlerContext {
  readonly shared: ServiceContext
  readonly games: Games
  readonly lobby: Lobby
  readonly catalog: Catalog
  readonly sayings: Sayings
  readonly tokens: Tokens
  /** The server's name and version, as `hello` reports them. */
  readonly version: string
  /** Null: this service sends no notifications to closed pages. */
  readonly push: Push | null
  readonly isAlone: boolean
  readonly openRpc: () => object
}

export type Handler<Method extends MethodName> = (
  context: HandlerContext,
  session: ClientSession,
  params: Params<Method>,
  reply: Reply,
) => void | Promise<void>

/**
 * Suggested delay before another game is watched when the connection's limit is reached, in ms: a game that ends makes
 * room.
 */
const watchAgainMs = 5_000

/** If a handler returns a promise, the session's next requests wait until it settles. */
export const requests: { readonly [Method in MethodName]: Handler<Method> } = {
  hello,
  ping: (context, _session, _params, reply) => reply.result({ now: context.shared.clock.wall() }),
  'rpc.discover': (context, _session, _params, reply) => reply.result(context.openRpc()),

  'game.create': create,
  'game.join': (context, session, { game, ...params }, reply) => {
    // A game that is not in memory may have a clock.
    if (context.games.peek(game)?.clock !== null) context.games.checkClocks(session.address)
    submit(context, { game, session, reply, command: { type: 'join', account: session.person(), ...params } })
  },
  'game.move': move,
  'game.resign': (context, session, { game, ...params }, reply) =>
    submit(context, { game, session, reply, command: { type: 'resign', by: session.accountId, ...params } }),
  'game.offer': (context, session, { game, ...params }, reply) =>
    submit(context, { game, session, reply, command: { type: 'offer', by: session.accountId, ...params } }),
  'game.answer': (context, session, { game, accept = true, ...params }, reply) =>
    submit(context, { game, session, reply, command: { type: 'answer', by: session.accountId, accept, ...params } }),
  'game.restart': (context, session, { game, rules, ...params }, reply) => {
    const asked = rules === undefined ? {} : { rules: rulesOf(rules) }
    submit(context, { game, session, reply, command: { type: 'restart', by: session.accountId, ...params, ...asked } })
  },
  'game.say': (context, session, { game, what }, reply) =>
    load(context, { game, session, reply }, (arbiter) => {
      if (arbiter.game === null) throw new Fault('no-such-game')
      context.sayings.say(game, arbiter.game, what, session)
      reply.result({})
    }),
  'game.get': (context, session, { game }, reply) =>
    load(context, { game, session, reply }, (arbiter) => answerState(arbiter, reply)),
  'game.record': (context, session, { game, from }, reply) => {
    if (from !== undefined) session.later(reply, () => answerRecordPage(context.shared, game, from, reply))
    else session.later(reply, () => answerRecord(context, session, game, reply), 'record')
  },
  'game.watch': (context, session, { game }, reply) => {
    const reserving = reservePlace(session, game, reply)
    load(context, { game, session, reply: reserving }, (arbiter) => {
      if (session.watching.isReserved(game)) arbiter.listen(session)
      answerState(arbiter, reserving)
    })
  },
  'game.unwatch': (_context, session, { game }, reply) => {
    session.watching.remove(game)
    reply.result({})
  },

  'lobby.list': (context, _session, { rules }, reply) =>
    reply.result(context.lobby.list(rules === undefined ? null : rulesOf(rules))),
  'lobby.watch': (context, session, { rules }, reply) => {
    const asked = rules === undefined ? null : rulesOf(rules)
    context.lobby.listen(session, asked)
    reply.result(context.lobby.list(asked))
  },
  'lobby.unwatch': (context, session, _params, reply) => {
    context.lobby.unlisten(session)
    reply.result({})
  },
  'lobby.play': (context, session, { rules, clock, match, key = null }, reply) => {
    const wished = rules === undefined ? presets.tictactoe : rulesOf(rules)
    if (key?.startsWith('-') === true)
      throw new Fault('id-taken', 'ids that begin with - are reserved: choose another id')
    if (clock !== undefined) context.games.checkClocks(session.address)
    // The game is not known yet, so its place in the watch list is reserved under a temporary id.
    const place = makeId(context.shared.random)
    const reserving = reservePlace(session, place, reply)
    try {
      context.lobby.play({
        account: session.person(),
        rules: wished,
        clock,
        match,
        key,
        from: session,
        reply: reserving,
      })
    } catch (fault) {
      session.watching.release(place)
      throw fault
    }
  },
  'account.games': (context, session, { status, cursor }, reply) =>
    session.later(reply, async () => {
      const { accountId } = session
      const { pageRows } = context.shared.limits
      if (accountId === null) reply.result({ games: [] })
      else reply.result(await context.catalog.gamesOf(accountId, status, cursor, pageRows))
    }),

  'push.key': ({ push }, _session, _params, reply) => reply.result(push === null ? {} : { key: push.key }),
  'push.subscribe': (context, session, device, reply) =>
    session.later(reply, async () => {
      await pushOf(context).subscribe(accountOf(session), device)
      reply.result({})
    }),
  'push.unsubscribe': (context, session, { endpoint }, reply) =>
    session.later(reply, async () => {
      await pushOf(context).unsubscribe(accountOf(session), endpoint)
      reply.result({})
    }),
}

/** @throws Fault 'method-not-found' */
function pushOf({ push }: HandlerContext): Push {
  if (push === null) throw new Fault('method-not-found', 'this server sends no notifications to closed pages')
  return push
}

/** @throws Fault 'bad-token' without an account: a new guest has no games. */
function accountOf({ accountId }: ClientSession): string {
  if (accountId === null) throw new Fault('bad-token', 'say hello first: devices belong to an account')
  return accountId
}

/** True for the commands that are refused while the server drains. */
export function isCommand(method: MethodName): boolean {
  return commands.has(method)
}

const commands: ReadonlySet<MethodName> = new Set([
  'game.create',
  'game.join',
  'game.move',
  'game.resign',
  'game.offer',
  'game.answer',
  'game.restart',
  'lobby.play',
])

type MoveCommand = Extract<Command, { type: 'move' }>

/** Copies single members: every move runs through here, and copying whole objects is expensive. */
function move(context: HandlerContext, session: ClientSession, params: Params<'game.move'>, reply: Reply): void {
  const { x, y, version, player, mark } = params
  const command: { -readonly [Key in keyof MoveCommand]: MoveCommand[Key] } = {
    type: 'move',
    by: session.accountId,
    x,
    y,
  }
  if (version !== undefined) command.version = version
  if (player !== undefined) command.player = player
  if (mark !== undefined) command.mark = mark
  take(context, params.game, { command, reply, from: session, listens: false, heardAt: session.heardAt })
}

async function hello(
  context: HandlerContext,
  session: ClientSession,
  params: Params<'hello'>,
  reply: Reply,
): Promise<void> {
  const { protocol, token, name } = params
  if (protocol !== undefined && !protocol.includes(1))
    throw new Fault('unsupported-protocol', undefined, { supported: [1] })
  // Checks the name first: a refused hello changes nothing.
  const shown = name === undefined ? undefined : checkName(name)
  const known = token === undefined ? null : await context.tokens.check(token)
  if (session.isOver) throw new Fault('unavailable', 'the connection is gone')
  const account: Account = { ...(known ?? session.person()), ...(shown === undefined ? {} : { name: shown }) }
  if (known !== null) context.shared.meter.count('resumes_total')
  session.become(account)
  const { messageBytesMax, requestsPerSecond, requestBurst, watchedGamesMax, heartbeatMs } = context.shared.limits
  reply.result({
    protocol: 1,
    server: context.version,
    account,
    token: await context.tokens.make(account),
    limits: { messageBytesMax, requestsPerSecond, requestBurst, watchedGamesMax },
    durability: context.shared.journal.durability,
    heartbeatMs,
    journal: context.catalog.history,
    alone: context.isAlone,
  })
}

function create(context: HandlerContext, session: ClientSession, params: Params<'game.create'>, reply: Reply): void {
  const { rules, seats = 'invite', public: isPublic = false, clock, match, opponent: bot } = params
  const id = params.game ?? makeId(context.shared.random)
  if (id.startsWith('-')) throw new Fault('id-taken', 'ids that begin with - are reserved: choose another id')
  if (clock !== undefined) context.games.checkClocks(session.address)
  const seat = params.seat ?? (seats === 'open' ? 'none' : 'X')
  const own = seat === 'any' ? drawSeat(id) : seat
  const command: Command = {
    type: 'create',
    rules: rules === undefined ? presets.tictactoe : rulesOf(rules),
    seats,
    public: isPublic,
    ...(clock === undefined ? {} : { clock }),
    ...(match === undefined ? {} : { match: startMatch(match) }),
    players: {
      ...(own === 'none' ? {} : { [own]: session.person() }),
      ...(bot === undefined ? {} : { [own === 'none' ? 'O' : opponent(own)]: makeBot(bot.bot) }),
    },
    by: session.person().id,
  }
  submit(context, { game: id, session, reply, command })
}

/** Gives the same seat for the same id, so that a repeated creation asks for the same game. */
function drawSeat(id: string): Player {
  let sum = 0
  for (let index = 0; index < id.length; index++) sum += id.charCodeAt(index)
  return sum % 2 === 0 ? 'X' : 'O'
}

function makeBot(level: Level): Account {
  return { id: `bot-${level}`, name: `${level[0]?.toUpperCase()}${level.slice(1)} bot`, bot: level }
}

interface Submission {
  readonly game: string
  readonly session: ClientSession
  readonly command: Command
  readonly reply: Reply
}

function submit(context: HandlerContext, { game, session, command, reply }: Submission): void {
  const listens = command.type === 'create' || command.type === 'join'
  const reserving = listens ? reservePlace(session, game, reply) : reply
  try {
    take(context, game, { command, reply: reserving, from: session, listens })
  } catch (fault) {
    if (listens) session.watching.release(game)
    throw fault
  }
}

type SessionCommand = PendingCommand & { readonly from: ClientSession }

/**
 * Passes a command to its game. A game in memory decides it at once; another game is first read from the journal, in
 * the session's turn. Meanwhile the session's commands on that game keep their order. A creation reads nothing: the
 * journal itself detects an existing game.
 */
function take({ games }: HandlerContext, game: string, pending: SessionCommand): void {
  const { from: session, command } = pending
  const isNext = command.type === 'create' || games.isKnown(game)
  if (isNext && !session.isReading(game)) return games.of(game, session).submit(pending)
  const doneReading = session.reading(game)
  const reply = new SettlingReply(pending.reply, doneReading)
  session.later(reply, async () => {
    if (command.type !== 'create') await games.load(game, session)
    // From here on the queue of the game keeps the order.
    doneReading()
    games.of(game, session).submit({ ...pending, reply })
  })
}

/** Reserves a place in the session's watch list until the returned reply is answered. @throws Fault 'too-many' */
function reservePlace({ watching }: ClientSession, game: string, reply: Reply): Reply {
  if (watching.reserve(game)) return new SettlingReply(reply, () => watching.release(game))
  throw new Fault('too-many', `this connection already watches ${watching.max} games: unwatch one first`, {
    limit: watching.max,
    retryAfterMs: watchAgainMs,
  })
}

/** @throws Fault 'bad-rules' */
function rulesOf(asked: NonNullable<Params<'game.create'>['rules']>): Rules {
  if (typeof asked !== 'string') return { gravity: false, misere: false, marks: 'own', exact: false, ...asked }
  const rules = parseRules(asked)
  if (typeof rules === 'string') throw new Fault('bad-rules', rules)
  return rules
}

function answerState(arbiter: { change(): Change | null }, reply: Reply): void {
  const change = arbiter.change()
  if (change === null) throw new Fault('no-such-game')
  reply.change(change)
}

type Loading = Omit<Submission, 'command'>

/**
 * Calls `use` with the loaded game. A game in memory is used at once; one that must be read waits for the session's
 * turn.
 */
function load(
  { games, shared }: HandlerContext,
  { game, session, reply }: Loading,
  use: (arbiter: Arbiter) => void,
): void {
  const work = async (): Promise<void> => use(await games.load(game, session))
  if (games.isKnown(game)) void answer(reply, work, shared.log)
  else session.later(reply, work)
}
