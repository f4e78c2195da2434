/** The run as Markdown: a table of the trials, one of other figures, one of the targets. */
import { figureOf, noiseOf, ratioOf, type Results } from './results.ts'
import { isReached, makeRows } from './targets.ts'
import { trials } from './trials.ts'

/** The least share of its core that the floor's server uses on a quiet machine. */
const busyShare = 0.9

type Line = readonly string[]

export function makeReport(results: Results): string {
  return [
    results.machine,
    `${results.isQuick ? 'A quick run (`--quick`). ' : ''}Interleaved rounds: ${results.rounds}; medians; ± is half the distance between the best and the worst round. ` +
      `Load of the machine before: ${results.loadBefore.toFixed(2)}.`,
    makeTable(makeTrialLines(results)),
    warnOfOthers(results),
    makeTable(makeSizeLines(results)),
    makeTable(makeTargetLines(results)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function makeTrialLines(results: Results): readonly Line[] {
  const head = [
    'server',
    'moves/s',
    '±',
    '× floor',
    'p50 ms',
    'p99 ms',
    'CPU µs a move',
    'of it the loop',
    'server',
    'generator',
  ]
  const lines = trials.flatMap(({ name, about }): readonly Line[] => {
    const outcomes = results.trials[name]
    if (outcomes === undefined) return []
    const figure = (key: Parameters<typeof figureOf>[1]): number => figureOf(outcomes, key)
    return [
      [
        about,
        thousands(figure('movesPerSecond')),
        percent(noiseOf(outcomes)),
        ratioOf(results, name, 'floor').toFixed(2),
        figure('p50Ms').toFixed(1),
        figure('p99Ms').toFixed(1),
        figure('serverCpuMicros').toFixed(1),
        figure('serverLoopMicros').toFixed(1),
        percent(figure('serverShare')),
        percent(figure('generatorShare')),
      ],
    ]
  })
  return lines.length === 0 ? [] : [head, ...lines]
}

function makeSizeLines({ latency, connections, games, starts }: Results): readonly Line[] {
  const kib = (bytes: number): string => `${(bytes / 1_024).toFixed(2)} KiB`
  const lines: Line[] = []
  if (latency !== undefined) {
    const both = (outcomes: typeof latency.steady): string =>
      `p50 ${figureOf(outcomes, 'p50Ms').toFixed(2)} ms, p99 ${figureOf(outcomes, 'p99Ms').toFixed(2)} ms`
    lines.push(['open loop, 2,000 moves/s', both(latency.steady)])
    lines.push([`open loop, ${thousands(latency.halfRate)} moves/s (half the maximum)`, both(latency.half)])
  }
  if (connections !== undefined)
    for (const [name, cost] of [
      ['Oxo', connections.oxo],
      ['the floor', connections.floor],
    ] as const)
      lines.push([
        `an idle connection of ${name} (${thousands(cost.count)})`,
        `${kib(cost.resident)} resident, ${kib(cost.heap)} heap`,
      ])
  if (games !== undefined) {
    const { live, work, gone } = games
    lines.push([
      `a live game without connections (${thousands(live.count)})`,
      `${kib(live.resident)} resident, ${kib(live.heap)} heap`,
    ])
    if (gone !== undefined)
      lines.push(['the same once idle games have left', `${kib(gone.resident)} resident, ${kib(gone.heap)} heap`])
    lines.push([
      `CPU a move of ten games, alone / among ${thousands(work.count)}`,
      `${work.few.toFixed(1)} / ${work.many.toFixed(1)} µs`,
    ])
  }
  if (starts !== undefined) {
    lines.push(['start to listening: floor / Oxo, empty journal', `${ms(starts.floorMs)} / ${ms(starts.emptyMs)}`])
    lines.push(['start to the first answer over HTTP', ms(starts.readyMs)])
    const [floor, oxo] = [starts.floorResident, starts.emptyResident].map((bytes) => (bytes / 2 ** 20).toFixed(0))
    lines.push(['resident after the start: floor / Oxo', `${floor} MiB / ${oxo} MiB`])
    lines.push([
      `start to listening: ${thousands(starts.events)} events, first time / again`,
      `${ms(starts.millionFirstMs)} / ${ms(starts.millionMs)}`,
    ])
  }
  return lines.length === 0 ? [] : [['measured', 'figure'], ...lines]
}

function makeTargetLines(results: Results): readonly Line[] {
  const lines = makeRows(results).map((row) => {
    const sign = row.isLeast ? '≥' : '≤'
    return [
      row.row,
      row.what,
      `${figure(row.reached)} ${row.unit}`,
      `${sign} ${row.target}`,
      isReached(row) ? 'yes' : 'no',
    ]
  })
  return lines.length === 0 ? [] : [['', 'what must be reached', 'reached', 'target', ''], ...lines]
}

/** The floor's server is never idle if it is alone on its core. */
function warnOfOthers({ trials: { floor } }: Results): string {
  const share = Math.min(1, ...(floor ?? []).map(({ serverShare }) => serverShare))
  if (share >= busyShare) return ''
  return `**Do not quote these figures**: other programs were using this machine. In one round the floor got ${percent(share)} of its core; compare CPU a move instead.`
}

function makeTable(lines: readonly Line[]): string {
  const [head] = lines
  if (head === undefined) return ''
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => [...(line[column] ?? '')].length)))
  const row = (line: Line): string =>
    `| ${line.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - [...text].length)).join(' | ')} |`
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(row)].join('\n')
}

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US')
const percent = (share: number): string => `${Math.round(share * 100)} %`
const ms = (value: number): string => `${Math.round(value)} ms`
const figure = (value: number): string => (value >= 100 ? thousands(value) : value.toFixed(2))
