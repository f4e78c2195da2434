/** A service for tests. Everything that a test does not state has a default. */
import { type Clock, seededRandom, systemClock } from '../../base/index.ts'
import { MemoryJournal } from '../../journal/index.ts'
import { Service, type ServiceOptions } from '../service.ts'
import type { Think } from '../context.ts'
import { openTokens } from '../sessions/jwt-tokens.ts'
import type { Tokens } from '../sessions/tokens.ts'

/** The real clock, a journal in memory with a fixed id, no rate limits, and a bot that plays the first free cell. */
export function openTestService(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const { clock = systemClock, limits } = options
  return Service.open({
    journal: new MemoryJournal({ id: 'test' }),
    clock,
    random: seededRandom(1952),
    tokens: makeTestTokens(clock),
    think: firstFree,
    ...options,
    limits: { requestsPerSecond: 0, ...limits },
  })
}

export function makeTestTokens(clock: Clock, lifeMs = 1e9): Tokens {
  return openTokens({ keys: [{ id: 'test', secret: new Uint8Array(32).fill(7) }], clock, lifeMs })
}

/** Plays the first free cell. */
export const firstFree: Think = ({ board, rules }) => {
  const cell = board.indexOf('.')
  return Promise.resolve({ x: cell % rules.width, y: Math.floor(cell / rules.width) })
}
