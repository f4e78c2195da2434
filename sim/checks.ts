/** What must hold after every run, whatever went wrong in it. */
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
import { type Asked, describe, describeEnding, type History } from './history.ts'
import { findUnmatched } from './matching.ts'
import type { Line } from './network.ts'
import { nodeLimits } from './node.ts'
import type { SimPlayer } from './player.ts'
import type { World } from './world.ts'

export const checkNames = {
  order: 'each game’s history is linearizable',
  stored: 'what was acknowledged is in the journal',
  once: 'no command was applied twice',
  watched: 'every watcher’s versions rise, and end at the journal’s state',
  answered: 'every request ends once faults stop',
  time: 'what the events of a game were charged is the time that passed',
  attended: 'a clock that has run out ends its game, and a bot moves when it is its turn',
  present: 'nobody who is connected loses because they stay away',
  listed: 'whoever asks for their games is told of all, and how they stand',
  told: 'nobody was told what makes no sense',
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
  readonly lines: readonly Line[]
}

/** A game as the journal has it. */
interface Story {
  readonly id: string
  readonly entries: readonly Written[]
  readonly events: readonly Event[]
  /** The game after each entry; before all of them null. */
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
      attended: isPending(story) ? ['the server has left something undone'] : [],
    }
    for (const [check, whats] of Object.entries(found))
      for (const what of whats) violations.push({ check: check as CheckName, game: id, what })
  }
  // Nobody asks before everything else has come to rest.
  for (const player of violations.length > 0 ? [] : players) {
    const wanted = gamesOf(player.accountId, broker)
    if (player.listed !== wanted)
      violations.push({ check: 'listed', game: '', what: `${player.name}: told ${player.listed}, but it is ${wanted}` })
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

/** (a) Linearizability; what the journal ends with is the last thing that is read. */
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
  return [`after ${verdict.order.length} operations nothing explains: ${stuck.join('; ')}`]
}

/** What bots have done, as commands; nobody asked for it. */
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

/** Whether the server has something to do in the game that nobody else would. */
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

/** What `account.games` should say once everything has come to rest. */
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

/** What was certainly not done is no operation: should it show nevertheless, nothing explains it. */
function operationsOf(asked: Asked): Done[] {
  const { input, invoked, returned, ending, by, repeats } = asked
  if (ending.type === 'undone') return []
  const open: Done = { input, invoked, returned: Infinity, by, asked }
  if (ending.type === 'open' || ending.type === 'unknown') return input === 'read' ? [] : [open]
  const output: GameOutput = ending.type === 'state' ? { state: describeView(ending.view) } : { refused: ending.name }
  // A join names no version: of one that was sent again, an earlier copy may have done it, and the last been told so.
  return [{ input, output, invoked, returned, by, asked }, ...(repeats > 0 ? [open] : [])]
}

/** A node may be behind the others, but never behind itself, nor behind what was known when it began to serve. */
function mayMiss(later: Operation<GameInput, GameOutput>, earlier: Operation<GameInput, GameOutput>): boolean {
  const [now, then] = [(later as Done).by, (earlier as Done).by]
  return now !== null && now !== then && earlier.returned > now.servesSince
}

/** (b) Every answer shows a state that the journal has, and a command's own event is the one behind it. */
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

/** (c) Each entry has a command of its own: there is a way to give them out so that none is used twice. */
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

/** What each kind of command can lead to; a quick look before the long one. */
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

/** As text in which the order of members does not matter. */
function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${key}:${write(member)}`)
  return `{${members.toSorted().join()}}`
}

/** Longer than a node takes to tell who is there. */
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
      : [`${there.client} was connected since ${there.hears.get(id)} and is given up at ${at}`]
  })
}

/** (d) Once faults have stopped, whoever looks on sees what the journal says. */
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
 * An event is charged with the time since the event before was decided; a move, or the fall of the flag that it
 * was, may be charged less, by as long as it waited. So the charges of a game add up to the time that passed, but for those waits.
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
    // A clock waits for a player who was not there when it would have started.
    const isWaiting = states[index]?.awaited.includes(states[index]?.turn ?? 'X') === true
    const least = Math.max(0, most - (isMove ? limits.heardMsMax : 0) - (isWaiting ? limits.arrivalMs : 0))
    charged += elapsedMs
    passed += most
    waited += most - least
    if (elapsedMs <= most && elapsedMs >= least) return []
    return [`entry ${entry.version} was charged ${elapsedMs} ms, where between ${least} and ${most} passed`]
  })
  if (charged <= passed && charged >= passed - waited) return wrong
  return [...wrong, `${charged} ms were charged, where ${passed} passed`]
}

function line(asked: Asked): string {
  return `${asked.client}: ${describe(asked.game, asked.input)} → ${describeEnding(asked.ending)}`
}
