import type { Session } from '../sessions/connection.ts'

/** A session that behaves like `inner` but for what `changes` has. */
export function wrapSession(inner: Session, changes: Partial<Session>): Session {
  return {
    hear: (message, heardAt) => inner.hear(message, heardAt),
    call: (method, params) => inner.call(method, params),
    charge: () => inner.charge(),
    finish: () => inner.finish(),
    end: () => inner.end(),
    ...changes,
  }
}
