/** What a server held, second by second, and whether it is more and more. */
import { readFileSync } from 'node:fs'

export interface Sample {
  readonly atMs: number
  readonly rss: number
  readonly heapUsed: number
  readonly handles: number
}

export interface Growth {
  /** Kibibytes a second. */
  readonly residentPerSecond: number
  readonly heapPerSecond: number
}

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
    residentPerSecond: slope(grown, ({ rss }) => rss / 1_024),
    heapPerSecond: slope(grown, ({ heapUsed }) => heapUsed / 1_024),
  }
}

/** Least squares, a second. */
function slope(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const count = samples.length
  const meanX = samples.reduce((sum, { atMs }) => sum + atMs / 1_000, 0) / count
  const meanY = samples.reduce((sum, sample) => sum + of(sample), 0) / count
  let above = 0
  let below = 0
  for (const sample of samples) {
    const x = sample.atMs / 1_000 - meanX
    above += x * (of(sample) - meanY)
    below += x * x
  }
  return below === 0 ? 0 : above / below
}
