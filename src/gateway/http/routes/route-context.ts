/** The objects that all routes share. */
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, Hono } from 'hono'
import { Fault } from '../../../protocol/index.ts'
import type { Metrics } from '../../metrics.ts'
import type { Pictures } from '../../picture/pictures.ts'
import type { GatewayContext } from '../../shared.ts'
import type { StatusSource } from '../../status.ts'
import { isJson } from '../requests/body.ts'
import type { Callers } from '../requests/callers.ts'
import type { Origins } from '../requests/origin.ts'
import type { PageFolder } from './page-folder.ts'

export interface RouteContext {
  readonly shared: GatewayContext
  readonly metrics: Metrics
  readonly origins: Origins
  readonly callers: Callers
  readonly pages: PageFolder | undefined
  readonly pictures: Pictures
  readonly status: StatusSource | undefined
  /** Whether the gateway is draining. */
  readonly isDraining: () => boolean
}

export type HonoApp = Hono<{ Bindings: HttpBindings }>
export type Context = HonoContext<{ Bindings: HttpBindings }>

/** A fault with a more specific HTTP status than its row in the error table has. */
export class StatusFault extends Fault {
  readonly status: number

  constructor(status: number, fault: Fault) {
    super(fault.fault, fault.message, { ...fault.detail, cause: fault })
    this.status = status
  }
}

/** Checks a request that changes something. @throws Fault if a page of another site may have sent it. */
export function mayAct(context: RouteContext, { env: { incoming } }: Context): void {
  context.origins.check(incoming.headers.host, incoming.headers.origin)
  if (!isJson(incoming))
    throw new StatusFault(415, new Fault('not-understood', 'Content-Type must be application/json'))
}
