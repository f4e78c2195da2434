export type { ProjectionStore, ProjectionPartition } from './catalog/projection-store.ts'
export type { OpenCatalog } from './catalog/catalog.ts'
export type { CatalogStore } from './catalog/catalog-store.ts'
export { type Connection, type Protocol, type Session } from './sessions/connection.ts'
export { type AnyNotification, Change, SharedNotification } from './games/change.ts'
export { type NodeBus, MemoryNodeBus } from './cluster/node-bus.ts'
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
export { networkOf } from './sessions/network-of.ts'
export { pictureCost } from './sessions/costs.ts'
export { Allowance, RateLimits } from './sessions/rate-limits.ts'
export type { ReadinessReport } from './cluster/readiness.ts'
export { Service, type ServiceOptions } from './service.ts'
export {
  type Delivery,
  type PushKind,
  type PushNote,
  type PushSender,
  type PushSubscription,
} from './push/push-sender.ts'
export type { PushParts } from './push/push.ts'
export type { SubscriptionStore } from './push/subscription-store.ts'
export { MemorySubscriptionStore } from './push/memory-subscription-store.ts'
export { BotRequest } from './games/bot-request.ts'
export type { Think } from './context.ts'
export type { Tokens } from './sessions/tokens.ts'
