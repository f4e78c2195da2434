/** The simulation of one seed: nodes, clients, games, and the rates of faults. */
import { type Random, seededRandom } from '../src/base/index.ts'
import { type Level, type PresetName, presets, type Rules, type Seating, type TimeControl } from '../src/game/index.ts'

/** Each fault and its effect. Rates are per thousand opportunities. */
export const faults = {
  cut: 'a connection breaks at a message; messages in flight may be lost or arrive',
  silence: 'a connection goes dead in both directions without any notice',
  straggler: 'a message arrives late, after its sender has lost the connection',
  delay: 'a message takes up to two seconds',
  refusal: 'a connection is refused',
  slowReader: 'a client reads slowly and gets only the newest states',
  crash: 'a node crashes, loses its memory, and starts again',
  drain: 'a node is shut down in order, and starts again',
  slowAppend: 'an append takes long',
  lostAppend: 'an append never arrives; its outcome is unknown to its sender',
  unansweredAppend: 'an append is stored; its outcome is unknown to its sender',
  lateAppend: 'an append arrives after its sender has given it up',
  refusedAppend: 'an append is refused, and nothing is stored',
  doubleAck: 'the broker acknowledges two appends at one version',
  failedRead: 'a read of the journal fails',
  followLag: 'a node receives entries of other nodes late',
  isolation: 'a node is partitioned from the journal for a while',
  wallJump: 'the wall clock of a node is set to another time',
  lostWord: 'a message between nodes is lost',
  doubledWord: 'a message between nodes arrives twice',
  lateWord: 'a message between nodes arrives late, after later messages',
  parting: 'a node receives nothing from another node for a while',
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
  /** The lobby lists it, and a player who stays away loses. */
  readonly public?: true
  readonly clock?: TimeControl
  /** The level of the bot that has the second seat; absent if there is no bot. */
  readonly bot?: Level
}

export interface SimulationPlan {
  readonly seed: number
  readonly nodes: number
  readonly clients: number
  /** The last client has the account of the first: a second device. */
  readonly hasTwin: boolean
  readonly games: readonly GamePlan[]
  /** The number of commands of each client. */
  readonly commands: number
  readonly giveUpMs: number
  /** Rates per thousand; 0 means off. */
  readonly faults: Readonly<Record<FaultName, number>>
  /** The most faults in total: later ones do not strike. */
  readonly strikes: number
}

const rulesPlayed: readonly PresetName[] = ['tictactoe', 'tictactoe', 'tictactoe', 'misere', 'wild', 'connect-four']

/** The plan of a seed. */
export function drawPlan(seed: number): SimulationPlan {
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

/**
 * Makes some games public. It has its own random stream, so that older draws stay the same. Games with a clock stay
 * private, because the server withdraws some of those itself.
 */
function publish(game: GamePlan, seed: number): GamePlan {
  const mayBe = game.seats === 'invite' && game.clock === undefined
  const isPublic = mayBe && seededRandom(seed ^ game.id.charCodeAt(1)).below(3) === 0
  return isPublic ? { ...game, public: true } : game
}

/** Swarm testing: each seed has only some of the faults, because constant faults would hide the effects of others. */
function drawFaults(random: Random): SimulationPlan['faults'] {
  const share = 1 + random.below(5)
  const drawn = faultNames.map((name) => {
    const isOn = random.below(10) < share
    return [name, isOn ? Math.ceil((rates[name] * (1 + random.below(4))) / 3) : 0] as const
  })
  const rate = Object.fromEntries(drawn) as Record<FaultName, number>
  // Two nodes append at one version only if one of them has not received the other's entry yet.
  if (rate.doubleAck > 0) rate.followLag = Math.max(rate.followLag, rates.followLag * 2)
  return rate
}
