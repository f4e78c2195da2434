export { shareBooks } from '../shared-catalog.ts'
export { openNatsBooks } from './nats-books.ts'
export { NatsExchange } from './nats-exchange.ts'
