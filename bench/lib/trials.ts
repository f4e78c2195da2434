/** The trials: which server, which load, on which cores. */
import type { Contender, LoadPlan } from './plan.ts'

export interface Trial {
  readonly name: string
  readonly about: string
  readonly contender: Contender
  readonly pairs: number
  readonly connections: number
  /** See {@link LoadPlan}. */
  readonly prepared: number
  readonly pinned: boolean
}

/** 500 games, each between two connections of their own. */
const apart = { pairs: 500, connections: 1_000, pinned: true }
/** For contenders that need no set-up between games, or do it within their own protocol. */
const unbounded = 1_000_000

/**
 * 16 connections with 64 moves each in flight. Two connections share 128 games, and each is to move in half of them. Seven
 * games for each pair of players stay below the 1,000 that one connection may watch.
 */
const pipelined = { contender: 'oxo-pipelined', pairs: 1_024, connections: 16, prepared: 7, pinned: true } as const

export const trials = [
  { name: 'floor', about: 'Node net, one in, two out', contender: 'floor', ...apart, prepared: unbounded },
  { name: 'oxo-lines', about: 'Oxo, JSON lines', contender: 'oxo-lines', ...apart, prepared: 20 },
  { name: 'oxo-websocket', about: 'Oxo, WebSocket', contender: 'oxo-websocket', ...apart, prepared: 20 },
  { name: 'oxo-pipelined', about: 'Oxo, 16 connections', ...pipelined },
  {
    name: 'oxo-lines-unpinned',
    about: 'Oxo, JSON lines, both cores',
    contender: 'oxo-lines',
    ...apart,
    prepared: 20,
    pinned: false,
  },
  { name: 'oxo-pipelined-unpinned', about: 'Oxo, 16 connections, both cores', ...pipelined, pinned: false },
  { name: 'oxo-lines-whole', about: 'Oxo, JSON lines, with set-up', contender: 'oxo-lines', ...apart, prepared: 0 },
  { name: 'colyseus', about: 'Colyseus, a patch a move', contender: 'colyseus', ...apart, prepared: unbounded },
  {
    name: 'colyseus-shipped',
    about: 'Colyseus as shipped',
    contender: 'colyseus-shipped',
    ...apart,
    prepared: unbounded,
  },
  { name: 'boardgame.io', about: 'boardgame.io', contender: 'boardgame.io', ...apart, prepared: 1 },
] as const satisfies readonly Trial[]

export type TrialName = (typeof trials)[number]['name']

export function isOxo(contender: Contender): boolean {
  return contender.startsWith('oxo-')
}

const at = (path: string): string => new URL(`../${path}`, import.meta.url).pathname

/** The arguments for Node. @param journal The file, for Oxo. */
export function serverArgs(contender: Contender, journal: string): readonly string[] {
  switch (contender) {
    case 'floor':
      return [at('servers/floor.ts')]
    case 'colyseus':
      return [at('peers/colyseus.mjs')]
    case 'colyseus-shipped':
      return [at('peers/colyseus.mjs'), '--shipped']
    case 'boardgame.io':
      return [at('peers/boardgame.mjs')]
    default:
      return oxoArgs(journal)
  }
}

export function oxoArgs(journal: string): readonly string[] {
  const served = ['serve', '--port', '0', '--journal', `sqlite:${journal}`]
  return [at('../bin/oxo.js'), ...served, '--rate-limit', '0', '--connections-per-address', '0']
}

export function makePlan(trial: Trial, server: { readonly port: number; readonly pid: number }, pace: Pace): LoadPlan {
  const { contender, pairs, connections, prepared } = trial
  return { contender, pairs, connections, prepared, port: server.port, serverPid: server.pid, ...pace }
}

export type Pace = Pick<LoadPlan, 'seconds' | 'warmUpSeconds' | 'rate' | 'alsoPids'>
