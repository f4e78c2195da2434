/** The checks after every run: they must hold whatever faults occurred. */
import {
  type Command,
  decide,
  type Event,
  evolve,
  type Game,
  isClockRunning,
  opponent,
  players as sides,
} from '../src/game/index.ts'
import { limits, makeView, parseBody, statusOf } from '../src/protocol/index.ts'
import {
  checkLinearizable,
  describeView,
  type GameInput,
  type GameOutput,
  makeGameModel,
  type Operation,
} from '../src/testing/index.ts'
import type { Broker, Written } from './broker.ts'
import { type Asked, describeRequest, describeEnding, type History } from './history.ts'
import { findUnmatched } from './matching.ts'
import type { SimConnection } from './network.ts'
import { nodeLimits } from './node.ts'
import type { SimPlayer } from './player.ts'
import type { World } from './world.ts'

export const checkNames = {
  order: 'each game’s history is linearizable',
  stored: 'every acknowledged state is in the journal',
  once: 'no command was applied twice',
  watched: 'the versions that a watcher gets rise, and end at the journal’s state',
  answered: 'every request is answered once faults stop',
  time: 'the time charged to the events of a game is the time that passed',
  attended: 'an expired clock ends its game, and a bot moves on its turn',
  present: 'no connected player loses by abandonment',
  listed: 'the list of an account’s games is complete and current',
  told: 'no client got an unexpected error',
} as const
export type CheckName = keyof typeof checkNames

export interface Violation {
  readonly check: CheckName
  readonly game: string
  readonly what: string
}

export interface Evidence {
  readonly world: World
  readonly broker: Broker
  readonly history: History
  readonly players: readonly SimPlayer[]
  readonly lines: readonly SimConnection[]
}

/** A game as stored in the journal, with the requests about it. */
interface Story {
  readonly id: string
  readonly entries: readonly Written[]
  readonly events: readonly Event[]
  /** The game after each entry; the first element, before all entries, is null. */
  readonly states: readonly (Game | null)[]
  readonly asked: readonly Asked[]
}

export function checkAll(evidence: Evidence): readonly Violation[] {
  const { world, history, broker, players } = evidence
  const violations: Violation[] = history.surprises.map((what) => ({ check: 'told', game: '', what }))
  for (const { id } of world.plan.games) {
    const story = read(id, evidence)
    const found = {
      order: checkOrder(story),
      stored: checkStored(story),
      once: checkOnce(story),
      watched: checkWatched(story, evidence.players),
      answered: story.asked.filter(({ ending }) => ending.type === 'open').map((asked) => line(asked)),
      time: checkTime(story),
      present: checkPresent(story, evidence),
      attended: isPending(story) ? ['a flag, a bot’s move or a bot’s answer is missing'] : [],
    }
    for (const [check, whats] of Object.entries(found))
      for (const what of whats) violations.push({ check: check as CheckName, game: id, what })
  }
  // The lists are requested only after everything else has settled.
  for (const player of violations.length > 0 ? [] : players) {
    const wanted = gamesOf(player.accountId, broker)
    if (player.listed !== wanted)
      violations.push({ check: 'listed', game: '', what: `${player.name}: got ${player.listed} instead of ${wanted}` })
  }
  return violations
}

function read(id: string, { broker, history }: Evidence): Story {
  const entries = broker.entries(id)
  const events = entries.map(({ body }) => parseBody(body).event)
  const states: (Game | null)[] = [null]
  for (const event of events) states.push(evolve(states.at(-1) ?? null, event))
  return { id, entries, events, states, asked: history.asked.filter(({ game }) => game === id) }
}

/** (a) Linearizability, with a final read of the journal's last state. */
function checkOrder(story: Story): readonly string[] {
  const { id, asked, states } = story
  const end = states.at(-1) ?? null
  const operations = asked.flatMap((each) => operationsOf(each))
  for (const input of botCommands(story)) operations.push({ input, invoked: 0, returned: Infinity, by: null })
  if (end?.clock !== null) operations.push({ input: { type: 'flag' }, invoked: 0, returned: Infinity, by: null })
  if (end?.public === true) operations.push({ input: { type: 'abandon' }, invoked: 0, returned: Infinity, by: null })
  operations.push({
    input: 'read',
    output: end === null ? { refused: 'no-such-game' } : { state: describeView(makeView(id, end)) },
    invoked: Number.MAX_SAFE_INTEGER - 1,
    returned: Number.MAX_SAFE_INTEGER,
    by: null,
  })
  const verdict = checkLinearizable(makeGameModel(id), operations, { mayMiss })
  if (verdict.type === 'linearizable') return []
  if (verdict.type === 'undecided') return ['the search for an order took too long']
  const stuck = verdict.stuck.map((operation) =>
    'asked' in operation ? line(operation.asked as Asked) : 'the journal’s end',
  )
  return [`after ${verdict.order.length} operations no order explains: ${stuck.join('; ')}`]
}

/** The actions of bots, as commands; no client requested them. */
function botCommands({ events, states }: Story): readonly Command[] {
  return events.flatMap((event, index) => botCommand(states[index] ?? null, event) ?? [])
}

function botCommand(game: Game | null, event: Event): Command | null {
  if (game === null || !('player' in event) || event.type === 'joined') return null
  const account = game.players[event.player]
  if (account?.bot === undefined) return null
  const said = { by: account.id, version: game.version, player: event.player }
  if (event.type === 'moved') return { ...event, ...said, type: 'move' }
  if (event.type === 'accepted' || event.type === 'declined')
    return { type: 'answer', what: event.what, accept: event.type === 'accepted', ...said }
  return null
}

/** Whether the server itself still has to act in the game. */
function isPending({ states }: Story): boolean {
  const game = states.at(-1) ?? null
  return game !== null && isServersTurn(game)
}

/** Whether a clock runs, a bot is to move, or a bot was offered something. */
export function isServersTurn(game: Game): boolean {
  const { turn, offer, players } = game
  if (isClockRunning(game)) return true
  const next = offer === null ? turn : opponent(offer.player)
  return next !== null && players[next]?.bot !== undefined && players[opponent(next)] !== null
}

/** The expected answer to `account.games` once everything has settled. */
export function gamesOf(account: string, broker: Broker): string {
  const lines = broker.games.flatMap((id) => {
    const game = broker.game(id)
    const owns = game !== null && sides.some((player) => game.players[player]?.id === account)
    return owns ? [`${id} ${statusOf(game)}`] : []
  })
  return lines.toSorted().join()
}

interface Done extends Operation<GameInput, GameOutput> {
  readonly by: Asked['by']
  readonly asked?: Asked
}

/**
 * A request that was certainly not executed is no operation: if its effect shows nevertheless, no order explains it.
 */
function operationsOf(asked: Asked): Done[] {
  const { input, invoked, returned, ending, by, repeats } = asked
  if (ending.type === 'undone') return []
  const open: Done = { input, invoked, returned: Infinity, by, asked }
  if (ending.type === 'open' || ending.type === 'unknown') return input === 'read' ? [] : [open]
  const output: GameOutput = ending.type === 'state' ? { state: describeView(ending.view) } : { refused: ending.name }
  // A join has no version: if it was repeated, an earlier copy may have taken effect and the last one got the answer.
  return [{ input, output, invoked, returned, by, asked }, ...(repeats > 0 ? [open] : [])]
}

/**
 * A node may lag behind the others, but not behind its own answers, and not behind the state when it began to serve.
 */
function mayMiss(later: Operation<GameInput, GameOutput>, earlier: Operation<GameInput, GameOutput>): boolean {
  const [now, then] = [(later as Done).by, (earlier as Done).by]
  return now !== null && now !== then && earlier.returned > now.servesSince
}

/** (b) The state in every answer is a state of the journal. */
function checkStored({ id, asked, states }: Story): readonly string[] {
  const told = asked.filter(({ ending }) => ending.type === 'state')
  return told
    .filter(({ ending }) => {
      if (ending.type !== 'state') return false
      const state = states[ending.view.version]
      return state === undefined || state === null || describeView(makeView(id, state)) !== describeView(ending.view)
    })
    .map((each) => `not in the journal: ${line(each)}`)
}

/** (c) Entries can be assigned to commands so that each entry has one and no command is used twice. */
function checkOnce({ asked, entries, events, states }: Story): readonly string[] {
  const commands = asked.filter(({ input, ending }) => input !== 'read' && ending.type !== 'undone')
  const owed = events.flatMap((event, index) => {
    const before = states[index] ?? null
    return event.type === 'flagged' || event.type === 'abandoned' || botCommand(before, event) !== null
      ? []
      : [{ event, before, index }]
  })
  const orphans = findUnmatched(owed, ({ before, event }) =>
    commands.filter(({ input }) => input !== 'read' && leadsTo(before, input, event)),
  )
  return orphans.map(({ event, index }) => `entry ${entries[index]?.version} (${event.type}) has no command of its own`)
}

/** The events that each command can cause: a fast test before the exact one. */
const results: Readonly<Record<Command['type'], readonly Event['type'][]>> = {
  create: ['created'],
  join: ['joined'],
  move: ['moved', 'flagged'],
  resign: ['resigned', 'withdrawn', 'flagged'],
  offer: ['offered', 'accepted', 'flagged'],
  answer: ['accepted', 'declined', 'flagged'],
  restart: ['restarted'],
  flag: ['flagged'],
  abandon: ['abandoned'],
}

function leadsTo(game: Game | null, asked: Command, event: Event): boolean {
  if (!results[asked.type].includes(event.type)) return false
  const elapsed = 'elapsedMs' in event ? { elapsedMs: event.elapsedMs } : {}
  const awaited = event.type === 'joined' && event.awaited !== undefined ? { awaited: event.awaited } : {}
  const next = event.type === 'accepted' && event.next !== undefined ? { next: event.next } : {}
  const decision = decide(game, { ...asked, ...elapsed, ...next, ...awaited } as Command)
  return decision.type === 'event' && write(decision.event) === write(event)
}

/** A text that does not depend on the order of members. */
function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${key}:${write(member)}`)
  return `{${members.toSorted().join()}}`
}

/** How long a node may take to propagate presence, in ms, with a margin. */
const toldMs = 600

function checkPresent({ id, entries, events, states }: Story, { players, lines }: Evidence): readonly string[] {
  return events.flatMap((event, index) => {
    const [game, at] = [states[index] ?? null, entries[index]?.sentAt ?? 0]
    if (event.type !== 'abandoned' || game === null || game.turn === null) return []
    const account = game.players[game.turn]?.id
    const names = players.filter(({ accountId }) => accountId === account).map(({ name }) => name)
    const since = at - nodeLimits.abandonMs - toldMs
    const there = lines.find(
      (line) => names.includes(line.client) && (line.hears.get(id) ?? Infinity) <= since && line.endedAt >= at,
    )
    return there === undefined
      ? []
      : [`${there.client} was connected since ${there.hears.get(id)}, but its game was abandoned at ${at}`]
  })
}

/** (d) Once faults have stopped, every watcher sees the state of the journal. */
function checkWatched({ id, states }: Story, players: readonly SimPlayer[]): readonly string[] {
  const end = states.at(-1) ?? null
  return players.flatMap((player) => {
    const fallen = player.fallen.filter(({ game }) => game === id).map(({ what }) => what)
    const view = player.handles.get(id)?.view
    const wanted = end === null ? '' : describeView(makeView(id, end))
    const seen = view === undefined ? '' : describeView(view)
    if (seen !== wanted) fallen.push(`sees version ${view?.version ?? 0}, the journal has ${end?.version ?? 0}`)
    return fallen.map((what) => `${player.name}: ${what}`)
  })
}

/**
 * An event is charged the time since the previous event was decided. A move, or the fall of the flag that it caused,
 * may
 * be charged less, by the time it waited. So the charges of a game add up to the time that passed, minus those waits.
 */
function checkTime({ entries, events, states }: Story): readonly string[] {
  let [charged, passed, waited] = [0, 0, 0]
  const wrong = entries.flatMap((entry, index) => {
    const event = events[index]
    const before = entries[index - 1]
    if (event === undefined || before === undefined || !('elapsedMs' in event)) return []
    const { elapsedMs = 0 } = event
    const most = entry.sentAt - before.sentAt
    const isMove = event.type === 'moved' || event.type === 'flagged'
    // A clock does not start before its player is connected.
    const isWaiting = states[index]?.awaited.includes(states[index]?.turn ?? 'X') === true
    const least = Math.max(0, most - (isMove ? limits.heardMsMax : 0) - (isWaiting ? limits.arrivalMs : 0))
    charged += elapsedMs
    passed += most
    waited += most - least
    if (elapsedMs <= most && elapsedMs >= least) return []
    return [`entry ${entry.version} was charged ${elapsedMs} ms, but between ${least} and ${most} ms passed`]
  })
  if (charged <= passed && charged >= passed - waited) return wrong
  return [...wrong, `${charged} ms were charged, but ${passed} ms passed`]
}

function line(asked: Asked): string {
  return `${asked.client}: ${describeRequest(asked.game, asked.input)} → ${describeEnding(asked.ending)}`
}
