/** The shared state of one simulation: time, randomness, plan and trace. */
import { type Random, seededRandom } from '../src/base/index.ts'
import type { PlantedBug } from './bugs.ts'
import type { FaultName, SimulationPlan } from './plan.ts'
import { Schedule } from './schedule.ts'
import { type Note, type NoteKind, Trace } from './trace.ts'

export class World {
  readonly schedule = new Schedule()
  readonly trace: Trace
  readonly plan: SimulationPlan
  readonly bug: PlantedBug
  /** Once true, no more faults strike. */
  isCalm = false
  readonly #chance: Readonly<Record<FaultName, Random | null>>
  #sequence = 0
  #strikes = 0

  constructor(plan: SimulationPlan, bug: PlantedBug, keepsNotes: boolean) {
    this.plan = plan
    this.bug = bug
    this.trace = new Trace(keepsNotes)
    const chances = Object.entries(plan.faults).map(([name, rate]) => [name, rate === 0 ? null : this.random(name)])
    this.#chance = Object.fromEntries(chances) as Record<FaultName, Random | null>
  }

  get now(): number {
    return this.schedule.now
  }

  /** A separate random stream for each part, so that removing one part does not change the draws of the others. */
  random(part: string): Random {
    let seed = this.plan.seed
    for (let index = 0; index < part.length; index++) seed = Math.imul(seed ^ part.charCodeAt(index), 0x01000193)
    return seededRandom(seed)
  }

  /** Whether the fault strikes now. */
  strikes(fault: FaultName): boolean {
    const chance = this.#chance[fault]
    if (chance === null || this.isCalm || chance.below(1000) >= this.plan.faults[fault]) return false
    return ++this.#strikes <= this.plan.strikes
  }

  /** The extent of a fault that strikes: uniform in [least, most). */
  extent(fault: FaultName, least: number, most: number): number {
    return least + (this.#chance[fault]?.below(most - least) ?? 0)
  }

  /** How often faults have struck, including those beyond the plan's limit, which had no effect. */
  get strikeCount(): number {
    return this.#strikes
  }

  /** The next sequence number, which orders events of the same time. */
  next(): number {
    return ++this.#sequence
  }

  note(where: string, what: string, more: { readonly kind?: NoteKind; readonly from?: Note | null } = {}): Note | null {
    return this.trace.note(this.now, where, what, more)
  }
}
