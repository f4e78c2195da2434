/** What the routes share. */
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, Hono } from 'hono'
import { Fault } from '../../../protocol/index.ts'
import type { Metrics } from '../../metrics.ts'
import type { Shared } from '../../shared.ts'
import type { StatusSource } from '../../status.ts'
import { isJson } from '../server/body.ts'
import type { Callers } from '../server/callers.ts'
import type { Origins } from '../server/origin.ts'
import type { PageFolder } from './page-folder.ts'

export interface RouteContext {
  readonly shared: Shared
  readonly metrics: Metrics
  readonly origins: Origins
  readonly callers: Callers
  readonly pages: PageFolder | undefined
  readonly status: StatusSource | undefined
  /** The gateway accepts nobody any more. */
  readonly isDraining: () => boolean
}

export type App = Hono<{ Bindings: HttpBindings }>
export type Context = HonoContext<{ Bindings: HttpBindings }>

/** HTTP has a status of its own for what the error table calls something more general. */
export class StatusFault extends Fault {
  readonly status: number

  constructor(status: number, fault: Fault) {
    super(fault.fault, fault.message, { ...fault.detail, cause: fault })
    this.status = status
  }
}

/** Before any request that acts. @throws Fault when a page of a stranger may have sent it. */
export function mayAct(site: RouteContext, { env: { incoming } }: Context): void {
  site.origins.check(incoming.headers.host, incoming.headers.origin)
  if (!isJson(incoming))
    throw new StatusFault(415, new Fault('not-understood', 'Content-Type must be application/json'))
}
