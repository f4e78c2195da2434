export { NatsExchange } from './nats-exchange.ts'
