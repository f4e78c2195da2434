/** The journal that all nodes share: one log that outlives them. What it says about an append can be wrong. */
import { makeId } from '../src/base/index.ts'
import type { Entry } from '../src/journal/index.ts'
import { evolve, type Game } from '../src/game/index.ts'
import { parseBody } from '../src/protocol/index.ts'
import { MemoryProjectionStore } from '../src/service/history/memory-projection-store.ts'
import type { World } from './world.ts'

/** An entry, and who wrote it when. */
export interface Written extends Entry {
  /** The life of a node that appended it. */
  readonly by: string
  /** When its writer asked, and when it was stored. */
  readonly sentAt: number
  readonly storedAt: number
  /** When its writer was told, null if it never was. */
  answeredAt: number | null
}

export interface Offer {
  readonly game: string
  readonly after: number
  readonly body: string
  readonly by: string
  readonly sentAt: number
}

/** How long after an append a second one at the same version may be acknowledged as well, in ms. */
const raceMs = 60

export class Broker {
  /** Of the journal that it keeps. */
  readonly id: string
  /** In the order of storing, the void ones included. */
  readonly log: Written[] = []
  /** Rows of its games, of the nodes that share them. */
  readonly projections = new MemoryProjectionStore()
  readonly #world: World
  readonly #games = new Map<string, Written[]>()
  readonly #void = new Set<Entry>()
  readonly #folds = new Map<string, Game | null>()
  readonly #hearers = new Set<() => void>()

  constructor(world: World) {
    this.#world = world
    this.id = makeId(world.random('journal'))
  }

  /** The entries of a game that count: of several with one version the first. */
  entries(game: string): readonly Written[] {
    return this.#games.get(game) ?? []
  }

  get games(): readonly string[] {
    return [...this.#games.keys()]
  }

  /** What the entries of a game come to. */
  game(id: string): Game | null {
    const entries = this.entries(id)
    let game = this.#folds.get(id) ?? null
    for (const { body } of entries.slice(game?.version ?? 0)) game = evolve(game, parseBody(body).event)
    this.#folds.set(id, game)
    return game
  }

  isVoid(entry: Entry): boolean {
    return this.#void.has(entry)
  }

  /** What the broker acknowledges as stored, null for a conflict. */
  store(offer: Offer): Written | null {
    const { game, after, body, by, sentAt } = offer
    const entries = this.#games.get(game) ?? []
    const last = entries.at(-1)
    const isRace = after === entries.length - 1 && last !== undefined && this.#world.now - last.storedAt <= raceMs
    const isFirst = after === entries.length
    if (!isFirst && !(isRace && this.#world.strikes('doubleAck'))) return null
    const position = String(this.log.length + 1).padStart(6, '0')
    const storedAt = this.#world.now
    const written: Written = {
      position,
      game,
      version: after + 1,
      body,
      chain: '',
      by,
      sentAt,
      storedAt,
      answeredAt: null,
    }
    this.log.push(written)
    if (isFirst) {
      if (after === 0) this.#games.set(game, entries)
      entries.push(written)
    } else this.#void.add(written)
    for (const hear of this.#hearers) hear()
    return written
  }

  /** Calls after each entry. */
  onStored(hear: () => void): () => void {
    this.#hearers.add(hear)
    return () => this.#hearers.delete(hear)
  }
}
