/** An error in the program itself. It stops the process; the journal makes a restart cheap. */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** Asserts an invariant. @throws Bug if `claim` is false, which is always a bug in the program, never a mistake of a user */
export function assert(claim: boolean, message: string): asserts claim {
  if (!claim) throw new Bug(message)
}
