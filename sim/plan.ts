/** What one seed simulates: how many take part, what they play, and which faults strike how often. */
import { type Random, seededRandom } from '../src/base/index.ts'
import { type Level, type PresetName, presets, type Rules, type Seating, type TimeControl } from '../src/game/index.ts'

/** Each fault, and what it does. Rates are per thousand of whatever it strikes. */
export const faults = {
  cut: 'a connection breaks at a message; what is under way may be lost or arrive',
  silence: 'a connection goes silent both ways, and nobody is told',
  straggler: 'a message stays in the network while its sender gives the connection up, and arrives late',
  delay: 'a message takes up to two seconds',
  refusal: 'a connection is not made',
  slowReader: 'a client reads slowly: of states it gets the newest only',
  crash: 'a node loses its memory, and starts again',
  drain: 'a node is shut down in order, and starts again',
  slowAppend: 'an append takes long',
  lostAppend: 'an append never arrives; its sender does not know',
  unansweredAppend: 'an append is stored; its sender does not know',
  lateAppend: 'an append is given up by its sender, and arrives afterwards',
  refusedAppend: 'an append is refused, and nothing is stored',
  doubleAck: 'the broker acknowledges two appends at one version',
  failedRead: 'the journal cannot be read',
  followLag: 'a node hears late what others have stored',
  isolation: 'a node is cut off from the journal for a while',
  wallJump: 'the wall clock of a node is set to another time',
  lostWord: 'what a node tells another is lost',
  doubledWord: 'what a node tells another comes twice',
  lateWord: 'what a node tells another comes late, after what it told later',
  parting: 'a node hears nothing of another for a while',
} as const
export type FaultName = keyof typeof faults
export const faultNames = Object.keys(faults) as readonly FaultName[]

/** The rate of each fault while it is on. */
const rates: Readonly<Record<FaultName, number>> = {
  cut: 30,
  silence: 12,
  straggler: 15,
  delay: 60,
  refusal: 150,
  slowReader: 150,
  crash: 250,
  drain: 150,
  slowAppend: 150,
  lostAppend: 60,
  unansweredAppend: 80,
  lateAppend: 60,
  refusedAppend: 60,
  doubleAck: 700,
  failedRead: 60,
  followLag: 250,
  isolation: 150,
  wallJump: 300,
  lostWord: 150,
  doubledWord: 150,
  lateWord: 150,
  parting: 30,
}

export interface GamePlan {
  readonly id: string
  readonly rules: Rules
  readonly seats: Seating
  /** Anybody finds it in the lobby, and who stays away from it loses. */
  readonly public?: true
  readonly clock?: TimeControl
  /** Who has the second seat from the start, if it is a bot. */
  readonly bot?: Level
}

export interface Plan {
  readonly seed: number
  readonly nodes: number
  readonly clients: number
  /** The last client has the account of the first: a second device. */
  readonly hasTwin: boolean
  readonly games: readonly GamePlan[]
  /** Commands that each client gives. */
  readonly commands: number
  readonly giveUpMs: number
  /** Per thousand; 0: off. */
  readonly faults: Readonly<Record<FaultName, number>>
  /** How often faults strike in all: the first so many. */
  readonly strikes: number
}

const rulesPlayed: readonly PresetName[] = ['tictactoe', 'tictactoe', 'tictactoe', 'misere', 'wild', 'connect-four']

/** What `seed` stands for. */
export function drawPlan(seed: number): Plan {
  const random = seededRandom(seed)
  const clients = 2 + random.below(3)
  return {
    seed,
    nodes: 1 + random.below(3),
    clients,
    hasTwin: clients > 2 && random.below(4) === 0,
    games: Array.from({ length: 1 + random.below(2) }, (_, index) => drawGame(random, index)).map((game) =>
      publish(game, seed),
    ),
    commands: 4 + random.below(7),
    giveUpMs: random.below(3) === 0 ? 3_000 : 1e9,
    faults: drawFaults(random),
    strikes: Infinity,
  }
}

function drawGame(random: Random, index: number): GamePlan {
  const rules = presets[rulesPlayed[random.below(rulesPlayed.length)] ?? 'tictactoe']
  const id = `g${index + 1}`
  if (random.below(4) === 0) return { id, rules, seats: 'open' }
  const clocks = [{ initialMs: 1_500, incrementMs: 100 }, { perMoveMs: 900 }] as const
  const clock = clocks[random.below(6)]
  const bot = random.below(5) === 0 ? { bot: 'random' as const } : {}
  return { id, rules, seats: 'invite', ...(clock === undefined ? {} : { clock }), ...bot }
}

/** Drawn by itself, so that the worlds of before are as they were. Of several with a clock the server withdraws some itself. */
function publish(game: GamePlan, seed: number): GamePlan {
  const mayBe = game.seats === 'invite' && game.clock === undefined
  const isPublic = mayBe && seededRandom(seed ^ game.id.charCodeAt(1)).below(3) === 0
  return isPublic ? { ...game, public: true } : game
}

/** Swarm testing: each seed has some of the faults only, for those that always strike hide what the others would do. */
function drawFaults(random: Random): Plan['faults'] {
  const share = 1 + random.below(5)
  const drawn = faultNames.map((name) => {
    const isOn = random.below(10) < share
    return [name, isOn ? Math.ceil((rates[name] * (1 + random.below(4))) / 3) : 0] as const
  })
  const rate = Object.fromEntries(drawn) as Record<FaultName, number>
  // Two nodes append at one version only where one of them has not heard of the other.
  if (rate.doubleAck > 0) rate.followLag = Math.max(rate.followLag, rates.followLag * 2)
  return rate
}
