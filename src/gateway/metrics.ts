/** The numbers of `/metrics`: the service's and the gateway's tables, and the process's own. No labels by game or account. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import {
  type Counter as CounterName,
  counters,
  type Gauge as GaugeName,
  gauges,
  type Histogram as HistogramName,
  histograms,
  type Meter,
} from '../service/index.ts'

/** From a quarter of a millisecond, an append to memory, to what a broken disk takes. */
const secondsBuckets = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

export class Metrics implements Meter {
  readonly #registry = new Registry()
  /** Plain numbers, handed to the registry when somebody looks: counting is on every move's way. */
  readonly #counts = new Map<CounterName, number>()
  readonly #histograms: ReadonlyMap<HistogramName, Histogram>
  readonly #reads = new Map<GaugeName, (() => number)[]>()

  constructor() {
    const registers = [this.#registry]
    byName(counters, (name, help, key) => {
      const collect = (): void => {
        counter.reset()
        counter.inc(this.#counts.get(key) ?? 0)
      }
      const counter: Counter = new Counter({ name, help, registers, collect })
      return counter
    })
    byName(gauges, (name, help, key) => {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(this.measured(key)) })
      return gauge
    })
    this.#histograms = byName(
      histograms,
      (name, help) => new Histogram({ name, help, registers, buckets: secondsBuckets }),
    )
  }

  count(counter: CounterName, by = 1): void {
    this.#counts.set(counter, (this.#counts.get(counter) ?? 0) + by)
  }

  observe(histogram: HistogramName, seconds: number): void {
    this.#histograms.get(histogram)?.observe(seconds)
  }

  gauge(gauge: GaugeName, read: () => number): void {
    this.#reads.set(gauge, [...(this.#reads.get(gauge) ?? []), read])
  }

  /** The counter so far. */
  counted(counter: CounterName): number {
    return this.#counts.get(counter) ?? 0
  }

  /** The gauge now. */
  measured(gauge: GaugeName): number {
    return (this.#reads.get(gauge) ?? []).reduce((sum, read) => sum + read(), 0)
  }

  /** Adds what Node knows of its process: memory, CPU, descriptors, garbage collection, delay of the event loop. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}

function byName<Key extends string, Metric>(
  table: Readonly<Record<Key, string>>,
  make: (name: string, help: string, key: Key) => Metric,
): ReadonlyMap<Key, Metric> {
  const keys = Object.keys(table) as Key[]
  return new Map(keys.map((key) => [key, make(`oxo_${key}`, table[key], key)]))
}
