/** What all parts of one simulation share: time, chance, the plan, and what was seen. */
import { type Random, seededRandom } from '../src/base/index.ts'
import type { MemoryNodeBus } from '../src/service/index.ts'
import type { Bug } from './bugs.ts'
import { makeGossip } from './gossip.ts'
import type { FaultName, Plan } from './plan.ts'
import { Schedule } from './schedule.ts'
import { type Note, type NoteKind, Trace } from './trace.ts'

export class World {
  readonly schedule = new Schedule()
  readonly trace: Trace
  readonly plan: Plan
  /** What nodes tell each other. */
  readonly gossip: MemoryNodeBus
  readonly bug: Bug
  /** Once calm, nothing goes wrong any more. */
  isCalm = false
  readonly #chance: Readonly<Record<FaultName, Random | null>>
  #sequence = 0
  #strikes = 0

  constructor(plan: Plan, bug: Bug, keepsNotes: boolean) {
    this.plan = plan
    this.bug = bug
    this.trace = new Trace(keepsNotes)
    this.gossip = makeGossip(this)
    const chances = Object.entries(plan.faults).map(([name, rate]) => [name, rate === 0 ? null : this.random(name)])
    this.#chance = Object.fromEntries(chances) as Record<FaultName, Random | null>
  }

  get now(): number {
    return this.schedule.now
  }

  /** A stream of its own for each part, so that taking one part away leaves the draws of the others. */
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

  /** How severe a fault is that strikes: uniform in [least, most). */
  extent(fault: FaultName, least: number, most: number): number {
    return least + (this.#chance[fault]?.below(most - least) ?? 0)
  }

  /** How often faults have struck, or would have. */
  get strikeCount(): number {
    return this.#strikes
  }

  /** Orders what happens at one time. */
  next(): number {
    return ++this.#sequence
  }

  note(where: string, what: string, more: { readonly kind?: NoteKind; readonly from?: Note | null } = {}): Note | null {
    return this.trace.note(this.now, where, what, more)
  }
}
