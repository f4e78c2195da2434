/** The messages as schemas: they check parameters and describe the protocol. Only a server loads them. */
export { makeAsyncApi } from './asyncapi.ts'
export { anyErrors, methodErrors } from './method-errors.ts'
export { methodNames, methods } from './methods.ts'
export { notifications } from './notifications.ts'
export { makeOpenRpc } from './openrpc.ts'
export { statuses } from './shapes.ts'
export { checkParams, parseMethod } from './validate.ts'
