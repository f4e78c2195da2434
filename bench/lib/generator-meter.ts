/** Measures the counted stretches: time, moves, and the CPU time of the server and of the generator itself. */
import type { Loop, StretchMeter } from './loop.ts'
import type { LoadResult, LoadPlan } from './plan.ts'
import { readUsage, type Usage } from './usage.ts'

export class GeneratorMeter implements StretchMeter {
  readonly #serverPid: number
  readonly #alsoPids: readonly number[]
  #begunAt = 0
  #server: Usage = { totalMicros: 0, loopMicros: 0 }
  #alsoAtBegin = 0
  #own: NodeJS.CpuUsage = { user: 0, system: 0 }
  #ms = 0
  #moves = 0
  #serverMicros = 0
  #loopMicros = 0
  #ownMicros = 0
  #alsoMicros = 0
  #setUpAtBegin = 0
  #setUpMicros = 0
  #setUps = 0

  constructor({ serverPid, alsoPids = [] }: Pick<LoadPlan, 'serverPid' | 'alsoPids'>) {
    this.#serverPid = serverPid
    this.#alsoPids = alsoPids
  }

  get seconds(): number {
    return this.#ms / 1_000
  }

  begin(): void {
    this.#server = readUsage(this.#serverPid)
    this.#alsoAtBegin = this.#readAlso()
    this.#own = process.cpuUsage()
    this.#begunAt = performance.now()
  }

  end(moves: number): void {
    const own = process.cpuUsage(this.#own)
    const server = readUsage(this.#serverPid)
    this.#ms += performance.now() - this.#begunAt
    this.#moves += moves
    this.#alsoMicros += this.#readAlso() - this.#alsoAtBegin
    this.#ownMicros += own.user + own.system
    this.#serverMicros += server.totalMicros - this.#server.totalMicros
    this.#loopMicros += server.loopMicros - this.#server.loopMicros
  }

  beginSetUp(): void {
    this.#setUpAtBegin = readUsage(this.#serverPid).totalMicros
  }

  endSetUp(games: number): void {
    this.#setUpMicros += readUsage(this.#serverPid).totalMicros - this.#setUpAtBegin
    this.#setUps += games
  }

  /** Forgets all stretches so far: they were warm-up. */
  restart(loop: Loop): void {
    this.#ms = this.#moves = this.#serverMicros = this.#loopMicros = this.#ownMicros = this.#alsoMicros = 0
    this.#setUpMicros = this.#setUps = 0
    loop.latencies.clear()
  }

  outcome(loop: Loop): LoadResult {
    return {
      moves: this.#moves,
      seconds: this.seconds,
      movesPerSecond: this.#moves / this.seconds,
      p50Ms: loop.latencies.quantile(0.5),
      p99Ms: loop.latencies.quantile(0.99),
      serverCpuMicros: this.#serverMicros / this.#moves,
      serverLoopMicros: this.#loopMicros / this.#moves,
      alsoCpuMicros: this.#alsoMicros / this.#moves,
      setUpCpuMicros: this.#setUpMicros / this.#setUps,
      serverShare: this.#serverMicros / (this.#ms * 1_000),
      generatorShare: this.#ownMicros / (this.#ms * 1_000),
      acknowledged: loop.acknowledged,
    }
  }

  #readAlso(): number {
    return this.#alsoPids.reduce((sum, pid) => sum + readUsage(pid).totalMicros, 0)
  }
}
