/** The metrics of `/metrics`: those of the service, the gateway and the process. No metric has a label by game or account. */
// oxlint-disable-next-line no-restricted-imports -- it measures the event loop, not the time of day
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Registry } from 'prom-client'
import { type Counter, counters, type Gauge, gauges, type Histogram, histograms, type Meter } from '../service/index.ts'

/** From 0.25 ms, an append to memory, to 5 s, an append to a failing disk. */
const secondsBuckets = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** A metric in the format of prom-client, which writes the text. */
interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly aggregator: 'sum'
  readonly values: readonly Sample[]
}

interface Sample {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

// Loaded at its first use, so that a server starts without it.
const loadLibrary = () => import('prom-client')

/** The sampling interval of the event-loop delay before Node 26, which cannot time each turn; in ms. */
const lagSampleMs = 20
/** The longest interval of a Node timer, in ms. */
const neverMs = 2 ** 31 - 1

/** Counts in plain numbers, because every move counts. */
export class Metrics implements Meter {
  readonly #counts = mapOf(counters, () => 0)
  readonly #histograms = mapOf(histograms, () => new Buckets(secondsBuckets))
  readonly #reads = mapOf(gauges, (): (() => number)[] => [])
  #process: Promise<Registry> | null = null

  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8'

  count(counter: Counter, by = 1): void {
    this.#counts[counter] += by
  }

  observe(histogram: Histogram, seconds: number): void {
    this.#histograms[histogram].observe(seconds)
  }

  gauge(gauge: Gauge, read: () => number): void {
    this.#reads[gauge].push(read)
  }

  /** The current value of a counter. */
  counted(counter: Counter): number {
    return this.#counts[counter]
  }

  /** The current value of a gauge. */
  measured(gauge: Gauge): number {
    return this.#reads[gauge].reduce((sum, read) => sum + read(), 0)
  }

  /** Adds the metrics of the Node process: memory, CPU, descriptors, garbage collection, event-loop delay. */
  watchProcess(): void {
    this.#process ??= loadLibrary().then((library) => {
      const register = new library.Registry()
      library.collectDefaultMetrics({ register, eventLoopMonitoringPrecision: neverMs })
      timeTurns(library, register)
      return register
    })
  }

  /** The metrics in the text format of Prometheus. */
  async text(): Promise<string> {
    const { AggregatorRegistry } = await loadLibrary()
    const own = await AggregatorRegistry.aggregate([this.#own()]).metrics()
    const process = await (await this.#process)?.metrics()
    return process === undefined ? own : `${own}\n${process}`
  }

  #own(): Metric[] {
    const name = (key: string): string => `oxo_${key}`
    return [
      ...entriesOf(counters, (key, help) =>
        metric({ name: name(key), help, type: 'counter' }, [{ value: this.counted(key), labels: {} }]),
      ),
      ...entriesOf(gauges, (key, help) =>
        metric({ name: name(key), help, type: 'gauge' }, [{ value: this.measured(key), labels: {} }]),
      ),
      ...entriesOf(histograms, (key, help) =>
        metric({ name: name(key), help, type: 'histogram' }, this.#histograms[key].samples(name(key))),
      ),
    ]
  }
}

/**
 * Replaces the event-loop delay of prom-client by one that times each turn: it misses no turn and wakes nothing. The timer
 * of prom-client was most of the CPU cost of an idle node.
 */
function timeTurns({ Gauge }: Awaited<ReturnType<typeof loadLibrary>>, register: Registry): void {
  const turns = monitorEventLoopDelay({ samplePerIteration: true, resolution: lagSampleMs })
  turns.enable()
  const reads: Readonly<Record<string, () => number>> = {
    min: () => turns.min,
    max: () => turns.max,
    mean: () => turns.mean,
    stddev: () => turns.stddev,
    p50: () => turns.percentile(50),
    p90: () => turns.percentile(90),
    p99: () => turns.percentile(99),
  }
  const names = Object.keys(reads)
  const gauges = names.map((read, index) => {
    const name = `nodejs_eventloop_lag_${read}_seconds`
    register.removeSingleMetric(name)
    const help = `How long turns of the event loop took since this was last read: ${read}.`
    // prom-client collects gauges in order, so the first one sets all of them, from the same turns.
    return new Gauge({ name, help, registers: [register], ...(index === 0 ? { collect: () => readAll() } : {}) })
  })
  const readAll = (): void => {
    for (const [index, name] of names.entries())
      gauges[index]?.set(turns.count === 0 ? 0 : (reads[name]?.() ?? 0) / 1e9)
    turns.reset()
  }
}

/** A histogram: the number of observed values in each bucket, and their sum. */
class Buckets {
  readonly #bounds: readonly number[]
  /** One more than bounds; the last counts the values above all bounds. */
  readonly #counts: number[]
  #sum = 0

  /** @param bounds ascending; a value is counted in the first bucket whose bound is not less than it. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = [...bounds.map(() => 0), 0]
  }

  observe(value: number): void {
    let bucket = 0
    while (value > (this.#bounds[bucket] ?? Infinity)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sum += value
  }

  /** The buckets as Prometheus requires them: cumulative. */
  samples(name: string): Sample[] {
    let total = 0
    const buckets = this.#counts.map((count, bucket): Sample => {
      total += count
      return { metricName: `${name}_bucket`, labels: { le: this.#bounds[bucket] ?? '+Inf' }, value: total }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: {}, value: this.#sum },
      { metricName: `${name}_count`, labels: {}, value: total },
    ]
  }
}

function metric(about: Pick<Metric, 'name' | 'help' | 'type'>, values: readonly Sample[]): Metric {
  return { ...about, aggregator: 'sum', values }
}

function mapOf<Key extends string, Value>(table: Readonly<Record<Key, string>>, make: () => Value): Record<Key, Value> {
  return Object.fromEntries(Object.keys(table).map((key) => [key, make()])) as Record<Key, Value>
}

function entriesOf<Key extends string, Value>(
  table: Readonly<Record<Key, string>>,
  make: (key: Key, help: string) => Value,
): Value[] {
  return (Object.entries(table) as [Key, string][]).map(([key, help]) => make(key, help))
}
