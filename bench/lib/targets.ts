/** The rows of the table of targets: the measured figure and the target. */
import { figureOf, ratioOf, type Results } from './results.ts'

export interface TargetRow {
  readonly row: string
  readonly what: string
  readonly reached: number
  readonly unit: string
  readonly target: number
  /** True: the figure must be at least the target. False: at most. */
  readonly isLeast: boolean
}

export function isReached({ reached, target, isLeast }: TargetRow): boolean {
  return isLeast ? reached >= target : reached <= target
}

type Claim = readonly [row: string, what: string, reached: number, unit: string, is: '≥' | '≤', target: number]

/** Rows that were not measured are left out. */
export function makeRows(results: Results): readonly TargetRow[] {
  return [...speedClaims(results), ...latencyClaims(results), ...sizeClaims(results)]
    .filter(([, , reached]) => Number.isFinite(reached))
    .map(([row, what, reached, unit, is, target]) => ({ row, what, reached, unit, target, isLeast: is === '≥' }))
}

function speedClaims(results: Results): readonly Claim[] {
  const { trials } = results
  const cpu = figureOf(trials['oxo-lines'], 'serverCpuMicros') / figureOf(trials.floor, 'serverCpuMicros')
  const setUp = figureOf(trials['oxo-lines'], 'setUpCpuMicros') / figureOf(trials['oxo-lines'], 'serverCpuMicros')
  return [
    ['1', 'durable moves/s over JSON lines', ratioOf(results, 'oxo-lines', 'floor'), '× floor', '≥', 0.6],
    [
      '1',
      '… with the journal’s thread on the other core',
      ratioOf(results, 'oxo-lines-unpinned', 'floor'),
      '× floor',
      '≥',
      0.6,
    ],
    ['2', 'WebSocket', ratioOf(results, 'oxo-websocket', 'oxo-lines'), '× JSON lines', '≥', 0.75],
    [
      '3',
      'JSON lines, durable, against Colyseus on `ws`, in memory',
      ratioOf(results, 'oxo-lines', 'colyseus'),
      '×',
      '≥',
      1.5,
    ],
    [
      '3',
      'JSON lines, durable, against boardgame.io, in memory',
      ratioOf(results, 'oxo-lines', 'boardgame.io'),
      '×',
      '≥',
      10,
    ],
    ['4', 'many games over few connections', ratioOf(results, 'oxo-pipelined', 'floor'), '× floor', '≥', 1.6],
    [
      '4',
      '… with the journal’s thread on the other core',
      ratioOf(results, 'oxo-pipelined-unpinned', 'floor'),
      '× floor',
      '≥',
      1.6,
    ],
    ['5', 'server CPU a move', cpu, '× floor', '≤', 1.6],
    ['5', '`game.create` and `game.join` together, server CPU', setUp, '× a move', '≤', 2.5],
  ]
}

function latencyClaims({ latency, games }: Results): readonly Claim[] {
  const work = games === undefined ? Number.NaN : games.work.many / games.work.few
  return [
    ['6', 'p99 at 2,000 moves/s', figureOf(latency?.steady, 'p99Ms'), 'ms', '≤', 5],
    ['6', 'p99 at half the maximum rate', figureOf(latency?.half, 'p99Ms'), 'ms', '≤', 10],
    ['6', 'CPU a move among many live games', work, '× among few', '≤', 1.1],
  ]
}

function sizeClaims({ connections, games, starts }: Results): readonly Claim[] {
  const kib = (bytes: number | undefined): number => (bytes ?? Number.NaN) / 1_024
  const million = starts?.events === 1_000_000 ? starts.millionMs : Number.NaN
  return [
    ['7', 'an idle connection', kib(connections?.oxo.resident), 'KiB', '≤', 8],
    ['7', 'a live 3×3 game without connections', kib(games?.live.heap), 'KiB', '≤', 1],
    ['7', 'a game that is over or idle', kib(games?.gone?.heap), 'KiB', '≤', 0.05],
    ['8', 'start to listening, empty journal', starts?.emptyMs ?? Number.NaN, 'ms', '≤', 300],
    ['8', 'start to listening, a million events', million, 'ms', '≤', 1_000],
  ]
}
