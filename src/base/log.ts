/** The log that the host-neutral layers need: each call writes one line with an event name and fields. Pino satisfies it. */
export interface Log {
  debug(fields: object, event: string): void
  info(fields: object, event: string): void
  warn(fields: object, event: string): void
  error(fields: object, event: string): void
}

/** A log that discards everything, for tests and embedding. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
