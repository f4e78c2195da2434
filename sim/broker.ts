/**
 * The journal that all nodes share: one log that survives their crashes. Its acknowledgement of an append can be wrong.
 */
import { makeId } from '../src/base/index.ts'
import type { Entry } from '../src/journal/index.ts'
import { evolve, type Game } from '../src/game/index.ts'
import { parseBody } from '../src/protocol/index.ts'
import { MemoryProjectionStore } from '../src/service/catalog/memory-projection-store.ts'
import type { MemoryNodeBus } from '../src/service/index.ts'
import { makeGossip } from './gossip.ts'
import type { World } from './world.ts'

/** An entry with its writer and times. */
export interface Written extends Entry {
  /** The id of the node's life that appended it. */
  readonly by: string
  /** When its writer sent it, and when it was stored, in ms. */
  readonly sentAt: number
  readonly storedAt: number
  /** When its writer got the answer, in ms; null if it never did. */
  answeredAt: number | null
}

export interface Offer {
  readonly game: string
  readonly after: number
  readonly body: string
  readonly by: string
  readonly sentAt: number
}

/** How long after an append a second one at the same version may be wrongly acknowledged too, in ms. */
const raceMs = 60

export class Broker {
  /** The id of the journal's history. */
  readonly id: string
  /** All entries in the order of storing, including void ones. */
  readonly log: Written[] = []
  /** The shared rows of its games. */
  readonly projections = new MemoryProjectionStore()
  /** The bus between nodes. */
  readonly gossip: MemoryNodeBus
  readonly #world: World
  readonly #games = new Map<string, Written[]>()
  readonly #void = new Set<Entry>()
  readonly #folds = new Map<string, Game | null>()
  readonly #listeners = new Set<() => void>()

  constructor(world: World) {
    this.#world = world
    this.gossip = makeGossip(world)
    this.id = makeId(world.random('journal'))
  }

  /** The valid entries of a game: for each version only the first one stored. */
  entries(game: string): readonly Written[] {
    return this.#games.get(game) ?? []
  }

  get games(): readonly string[] {
    return [...this.#games.keys()]
  }

  /** The fold of a game's entries. */
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

  /** Stores an append. Returns the entry that the broker acknowledges; null for a conflict. */
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
    for (const listener of this.#listeners) listener()
    return written
  }

  /** Calls `listener` after each entry. The returned function removes it. */
  onStored(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
