export { type Address, Gateway, type GatewayOptions, openGateway } from './gateway.ts'
export type { Caller, Host, Readiness } from './host.ts'
export { type PageFolder, readPages } from './http/page-folder.ts'
export { Metrics } from './metrics.ts'
