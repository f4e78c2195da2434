export { shareProjection } from '../catalog/shared-catalog.ts'
export { openNatsProjectionStore } from './nats-projection-store.ts'
export { NatsNodeBus } from './nats-node-bus.ts'
export { openNatsSubscriptionStore } from './nats-subscription-store.ts'
