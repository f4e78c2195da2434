/** What the host-neutral layers ask of a log: one line a call, an event name, and fields. Pino satisfies it. */
export interface Log {
  debug(fields: object, event: string): void
  info(fields: object, event: string): void
  warn(fields: object, event: string): void
  error(fields: object, event: string): void
}

/** Says nothing: tests and embedding. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
