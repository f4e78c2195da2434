/** The memory of a server, sampled every second, and its growth. */
import { readFileSync } from 'node:fs'

/** Sizes in bytes, right after a garbage collection. */
export interface Sample {
  readonly atMs: number
  readonly rss: number
  /** The heap that V8 has reserved, and the used part of it. */
  readonly heapTotal: number
  readonly heapUsed: number
  readonly handles: number
}

/** Growth in kibibytes per second. */
export interface Growth {
  /** Resident memory without the free part of the heap, which varies by 10 MiB with the load. */
  readonly residentPerSecond: number
  readonly heapPerSecond: number
}

/** Parts of the measured time. Only the smallest sample of each counts: short peaks are work in progress, not leaks. */
const parts = 10

/**
 * The samples since the last start: the clock restarts with the server. The first is from before any client connected.
 */
export function readLife(file: string): readonly Sample[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const all = lines.map((line) => JSON.parse(line) as Sample)
  return all.slice(all.findLastIndex(({ atMs }, index) => atMs < (all[index - 1]?.atMs ?? Infinity)))
}

/** Ignores the first `settleMs`, in which a server grows to its normal size. */
export function measureGrowth(life: readonly Sample[], settleMs: number): Growth {
  const grown = life.filter(({ atMs }) => atMs - (life[0]?.atMs ?? 0) >= settleMs)
  return {
    residentPerSecond: slope(grown, ({ rss, heapTotal, heapUsed }) => rss - heapTotal + heapUsed),
    heapPerSecond: slope(grown, ({ heapUsed }) => heapUsed),
  }
}

/** The slope of a least-squares line through the smallest sample of each part, in KiB per second. */
function slope(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const points = Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((end) => Math.floor((samples.length * end) / parts))
    return samples
      .slice(from, to)
      .map((sample) => ({ x: sample.atMs / 1_000, y: of(sample) / 1_024 }))
      .toSorted((one, other) => one.y - other.y)
      .slice(0, 1)
  }).flat()
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  return below === 0 ? 0 : above / below
}
