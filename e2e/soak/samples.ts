/** What a server held, second by second, and whether it is more and more. */
import { readFileSync } from 'node:fs'

/** In bytes, right after a collection. */
export interface Sample {
  readonly atMs: number
  readonly rss: number
  /** What the collector has of the system, and how much of it is used. */
  readonly heapTotal: number
  readonly heapUsed: number
  readonly handles: number
}

/** Kibibytes a second. */
export interface Growth {
  /** Of resident memory, less what the collector keeps free: it takes and returns 10 MiB as the load goes up and down. */
  readonly residentPerSecond: number
  readonly heapPerSecond: number
}

/** Parts of the measured time. Of each only its least counts: what is there for a moment is work, and no leak. */
const parts = 10

/** The last life: a server that is killed begins anew, with its clock. Its first sample is from before anybody came. */
export function readLife(file: string): readonly Sample[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const all = lines.map((line) => JSON.parse(line) as Sample)
  return all.slice(all.findLastIndex(({ atMs }, index) => atMs < (all[index - 1]?.atMs ?? Infinity)))
}

/** The first part of a life is growing up. */
export function measureGrowth(life: readonly Sample[], settleMs: number): Growth {
  const grown = life.filter(({ atMs }) => atMs - (life[0]?.atMs ?? 0) >= settleMs)
  return {
    residentPerSecond: slope(grown, ({ rss, heapTotal, heapUsed }) => rss - heapTotal + heapUsed),
    heapPerSecond: slope(grown, ({ heapUsed }) => heapUsed),
  }
}

/** Least squares through the least of each part, in KiB a second. */
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
