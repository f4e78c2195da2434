/** A service on a virtual clock over a journal in memory, and its clients: for tests that read like a story. */
import assert from 'node:assert/strict'
import { type Log, seededRandom, VirtualClock } from '../../base/index.ts'
import { type Journal, MemoryJournal } from '../../journal/index.ts'
import type { Limits, MethodName, Params, Result } from '../../protocol/index.ts'
import type { OpenCatalog } from '../catalog/catalog.ts'
import type { CatalogStore } from '../catalog/catalog-store.ts'
import type { ClientSession } from '../sessions/client-session.ts'
import type { Protocol } from '../sessions/connection.ts'
import type { NodeBus } from '../cluster/node-bus.ts'
import type { Counter, Meter } from '../meter.ts'
import type { PushParts } from '../push/push.ts'
import type { Service } from '../service.ts'
import type { Think } from '../context.ts'
import { openTestService } from './service.ts'

export interface ServicePlayOptions {
  readonly journal?: Journal
  readonly limits?: Partial<Limits>
  readonly think?: Think
  readonly clock?: VirtualClock
  readonly seed?: number
  readonly store?: CatalogStore | OpenCatalog
  readonly exchange?: NodeBus
  readonly push?: PushParts
  readonly log?: Log
  readonly isAlone?: boolean
}

/** Records the counts. */
class CountingMeter implements Meter {
  readonly counted = new Map<Counter, number>()

  count(counter: Counter, by = 1): void {
    this.counted.set(counter, (this.counted.get(counter) ?? 0) + by)
  }

  observe(): void {}

  gauge(): void {}
}

interface PlayParts {
  readonly clock: VirtualClock
  readonly journal: Journal
  readonly service: Service
  readonly meter: CountingMeter
}

export class Play {
  readonly clock: VirtualClock
  readonly journal: Journal
  readonly service: Service
  readonly meter: CountingMeter

  private constructor({ clock, journal, service, meter }: PlayParts) {
    this.clock = clock
    this.journal = journal
    this.service = service
    this.meter = meter
  }

  static async open(options: ServicePlayOptions = {}): Promise<Play> {
    const { clock = new VirtualClock(1_790_000_000_000), seed = 1952, journal = new MemoryJournal(), ...rest } = options
    const meter = new CountingMeter()
    const service = await openTestService({ ...rest, journal, clock, random: seededRandom(seed), meter })
    return new Play({ service, clock, journal, meter })
  }

  sit(protocol: Protocol = 'lines', address = '127.0.0.1'): Person {
    return new Person(this.service, protocol, address)
  }

  /** Advances the clock and lets everything that follows happen. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms)
    await settle()
  }
}

/** Lets all pending promises settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A client at the other end of a connection. */
export class Person {
  readonly session: ClientSession
  /** All messages received, oldest first. */
  readonly heard: string[] = []
  closed: { readonly code: number; readonly reason: string } | null = null

  /** False: messages stay unread until {@link read}. */
  isReading = true
  readonly #unread: (() => void)[] = []

  constructor(service: Service, protocol: Protocol, address: string) {
    this.session = service.connect({
      protocol,
      address,
      send: (message) => this.heard.push(message),
      notify: ({ message }) => this.heard.push(message),
      whenSent: (call) => {
        if (this.isReading) call()
        else this.#unread.push(call)
      },
      close: (code, reason) => (this.closed = { code, reason }),
    })
  }

  ask<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Result<Method>> {
    return this.session.call(method, params)
  }

  async refused<Method extends MethodName>(method: Method, params: Params<Method>): Promise<string> {
    try {
      await this.ask(method, params)
    } catch (fault) {
      assert(typeof fault === 'object' && fault !== null && 'fault' in fault)
      return String(fault.fault)
    }
    return 'accepted'
  }

  /** The params of all notifications of this name received so far. */
  news(name: string): Record<string, unknown>[] {
    return this.heard
      .map((message) => JSON.parse(message) as { method?: string; params?: Record<string, unknown> })
      .filter(({ method }) => method === name)
      .map(({ params }) => params ?? {})
  }

  /** Reads everything sent so far. */
  read(): void {
    for (const call of this.#unread.splice(0)) call()
  }

  leave(): void {
    this.session.end()
    this.read()
  }
}
