/** The error code of the system, such as `ENOENT`; null if `cause` is not a system error. */
export function errorCode(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}
