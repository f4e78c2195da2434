/** How a command ends when it fails: one sentence for people, one exit code for scripts. */

export const exitCodes = {
  ok: 0,
  /** The environment or the checked data is wrong: a port in use, a damaged journal, a tampered record. */
  failed: 1,
  /** The command line is invalid. */
  usage: 2,
  /** The server answered with a refusal. */
  refused: 3,
  /** No server answers. */
  unreachable: 4,
} as const

export type ExitReason = Exclude<keyof typeof exitCodes, 'ok'>

/** Ends the command. The message is the whole output: a sentence that says what to do. */
export class Stop extends Error {
  override readonly name = 'Stop'
  readonly ending: ExitReason

  constructor(ending: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.ending = ending
  }

  get exitCode(): number {
    return exitCodes[this.ending]
  }
}

/** Makes a sentence of a clause: capitalises it and adds a full stop. */
export function sentenceOf(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`
}
