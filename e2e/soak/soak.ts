/**
 * A soak: many clients, a failing network, and a server that is paused and killed. Then checks for losses and leaks.
 */
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { type Random, seededRandom } from '../../src/base/index.ts'
import { calm, type ChaosPlan } from '../../src/cli/chaos/plan.ts'
import { type ChaosProxy, openChaos } from '../../src/cli/chaos/proxy.ts'
import { ServerProcess } from '../lib/server-process.ts'
import { accountAt } from '../lib/checking-player.ts'
import { SoakCrowd } from './crowd.ts'
import { type Growth, measureGrowth, readLife } from './samples.ts'

/**
 * Leaks to plant: what the server keeps each second. V8 returns tens of megabytes of empty pages at once, some seconds
 * after the load has changed; a leak outside the heap must exceed that within the time of a planted soak.
 */
export const leaks = {
  memory: '1.5 MB of the heap',
  buffers: '16 MB outside the heap',
  handles: 'a listening socket',
} as const
export type Leak = keyof typeof leaks

export interface SoakOptions {
  readonly seconds: number
  readonly seed: number
  /** The leak to plant in the server. */
  readonly leak?: Leak
}

export interface SoakReport {
  readonly violations: readonly string[]
  readonly growth: Growth
  readonly handles: number
  readonly moves: number
  readonly kills: number
  readonly stops: number
  readonly cuts: number
}

/**
 * A growth above these values, in KiB per second, is a leak. A finished game leaves 0.3 KiB in the journal's thread
 * (its head, of which `headsMax` are kept), that is, 7 KiB per second at the 24 games per second of this load. The rest
 * is a margin for noise: without a leak the slopes were 3 to 23 and 0 to 8 over 200 seconds, and -315 to 344 and -13 to
 * 42 over 30 seconds.
 */
const limits = {
  short: { residentPerSecond: 768, heapPerSecond: 96 },
  long: { residentPerSecond: 32, heapPerSecond: 16 },
} as const
/** The shortest soak to which the `long` limits apply, in seconds. */
const longSeconds = 600
const handlesMax = 2
/** The part of the time without kills in which a server grows to its normal size. */
const settleShare = 0.5
const badNetwork: ChaosPlan = {
  ...calm,
  delayMs: { least: 0, most: 3 },
  cut: 0.002,
  duplicate: 0.02,
  reorder: 0.02,
}

/** The first third has kills. The rest has none, so that one process lives long enough for a measurement. */
export async function soak({ seconds, seed, leak }: SoakOptions): Promise<SoakReport> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-soak-'))
  const file = join(folder.path, 'journal.sqlite')
  const faults = new FaultInjector(['--expose-gc', 'e2e/soak/server.ts', file, ...(leak === undefined ? [] : [leak])])
  await faults.restart()
  await using fair = await openChaos({ plan: calm, to: () => faults.server })
  await using bad = await openChaos({ plan: { ...badNetwork, seed }, to: () => faults.server })
  try {
    const crowd = new SoakCrowd(placeOf(fair), placeOf(bad))
    const random = seededRandom(seed)
    const third = (seconds * 1_000) / 3
    await faults.run({ ms: third, random, proxies: [fair, bad], kills: true })
    await faults.restart()
    await faults.run({ ms: third * 2, random, proxies: [fair, bad], kills: false })
    const growth = measureGrowth(readLife(`${file}.samples`), third * 2 * settleShare)
    await crowd.end()
    const lost: string[] = []
    for (const { account } of crowd.witnesses) lost.push(...(await accountAt(faults.server, account)))
    const handles = await countLeft(`${file}.samples`)
    const violations = [...crowd.violations, ...lost, ...findLeaks(growth, handles, seconds)]
    const { kills, stops } = faults
    return { violations, growth, handles, moves: crowd.moves, kills, stops, cuts: faults.cuts + bad.tally.cut }
  } finally {
    await faults.server.kill()
  }
}

/** The number of handles after all clients have left, compared with before any came. */
async function countLeft(file: string): Promise<number> {
  const before = readLife(file).length
  while (readLife(file).length < before + 2) await pass(100)
  const life = readLife(file)
  return (life.at(-1)?.handles ?? 0) - (life[0]?.handles ?? 0)
}

function findLeaks(growth: Growth, handles: number, seconds: number): readonly string[] {
  const most = seconds < longSeconds ? limits.short : limits.long
  const leaks = (Object.keys(most) as (keyof Growth)[])
    .filter((name) => growth[name] > most[name])
    .map((name) => `a leak: ${name} is ${growth[name].toFixed(2)} KiB, more than ${most[name]}`)
  return handles > handlesMax ? [...leaks, `a leak: ${handles} handles are left`] : leaks
}

function placeOf({ port }: ChaosProxy) {
  return { host: '127.0.0.1', port }
}

interface Phase {
  readonly ms: number
  readonly random: Random
  readonly proxies: readonly ChaosProxy[]
  readonly kills: boolean
}

class FaultInjector {
  kills = 0
  stops = 0
  cuts = 0
  readonly #command: readonly string[]
  #server: ServerProcess | null = null
  #turn = 0

  constructor(command: readonly string[]) {
    this.#command = command
  }

  get server(): ServerProcess {
    if (this.#server === null) throw new Error('no server was started')
    return this.#server
  }

  async restart(): Promise<void> {
    await this.#server?.kill()
    this.#server = await ServerProcess.start(this.#command)
  }

  async run({ ms, random, proxies, kills }: Phase): Promise<void> {
    const end = performance.now() + ms
    while (performance.now() < end) {
      await pass(Math.min(1_000 + random.below(3_000), Math.max(0, end - performance.now())))
      // The faults take turns, so that a short soak has all of them; only their times are random.
      const turn = this.#turn++ % (kills ? 3 : 2)
      if (turn === 0) this.#cut(proxies)
      else if (turn === 1) await this.#stop(random.below(1_000))
      else await this.#kill()
    }
  }

  #cut(proxies: readonly ChaosProxy[]): void {
    this.cuts++
    for (const proxy of proxies) proxy.cutAll()
  }

  async #stop(ms: number): Promise<void> {
    this.stops++
    await this.server.stop()
    await pass(ms)
    this.server.continue()
  }

  async #kill(): Promise<void> {
    this.kills++
    await this.restart()
  }
}

export function describeSoak({ growth, handles, moves, kills, stops, cuts }: SoakReport): string {
  const kibibytes = (perSecond: number): string => `${((perSecond * 3_600) / 1_024).toFixed(0)} MiB an hour`
  return [
    `${moves} moves, ${kills} kills, ${stops} stops, ${cuts} cuts`,
    `resident memory ${kibibytes(growth.residentPerSecond)}, heap ${kibibytes(growth.heapPerSecond)}`,
    `${handles} handles left`,
  ].join('; ')
}
