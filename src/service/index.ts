export type { Books, Shelf } from './books.ts'
export type { OpenCatalog } from './catalog.ts'
export type { CatalogStore, Page } from './catalog-store.ts'
export { type Connection, type Door, doors, type Talk } from './connection.ts'
export { type Exchange, type Hearing, MemoryExchange } from './exchange.ts'
export {
  type Counter,
  counters,
  type Gauge,
  gauges,
  type Histogram,
  histograms,
  type Meter,
  silentMeter,
} from './meter.ts'
export { networkOf } from './network.ts'
export { Purse, Rates } from './rates.ts'
export type { ReadinessReport } from './readiness.ts'
export { openBoard } from './requests.ts'
export { Service, type ServiceOptions } from './service.ts'
export type { Session } from './session.ts'
export { Errand } from './errand.ts'
export type { Choice, Think } from './shared.ts'
export type { Tokens } from './tokens.ts'
