/** The third kind of failure: a bug of ours. It stops the process; the journal makes restart cheap. */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** Claims what must hold. A false claim is a bug of ours, never a caller's mistake. */
export function assert(claim: boolean, message: string): asserts claim {
  if (!claim) throw new Bug(message)
}
