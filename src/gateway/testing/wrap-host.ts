/** Puts something between the gateway and the service: a planted bug, or a measurement. */
import type { Session } from '../../service/index.ts'
import type { Host } from '../host.ts'

/** The host with other sessions. */
export function withSessions(host: Host, connect: Host['connect']): Host {
  return {
    history: host.history,
    stateOf: (game) => host.stateOf(game),
    connect,
    allowance: (address) => host.allowance(address),
    readiness: () => host.readiness(),
    drain: (reason, reconnectInMs) => host.drain(reason, reconnectInMs),
  }
}

/** The session with some other methods. */
export function withMethods(session: Session, changes: Partial<Session>): Session {
  return {
    hear: (message, heardAt) => session.hear(message, heardAt),
    charge: () => session.charge(),
    call: (method, params) => session.call(method, params),
    finish: () => session.finish(),
    end: () => session.end(),
    ...changes,
  }
}
