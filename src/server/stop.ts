/** How a command ends when it cannot do its work: one sentence for the person, one number for the script. */

export const exitCodes = {
  ok: 0,
  /** The world or the thing looked at is not as it should be: a port in use, a damaged journal, a tampered record. */
  failed: 1,
  /** The command line is not understood. */
  usage: 2,
  /** The server answered with a refusal. */
  refused: 3,
  /** No server answers. */
  unreachable: 4,
} as const

export type Ending = Exclude<keyof typeof exitCodes, 'ok'>

/** Ends the command. The message is the whole of what is said: a sentence that tells what to do. */
export class Stop extends Error {
  override readonly name = 'Stop'
  readonly ending: Ending

  constructor(ending: Ending, message: string, options?: ErrorOptions) {
    super(message, options)
    this.ending = ending
  }

  get exitCode(): number {
    return exitCodes[this.ending]
  }
}

/** A clause of another layer as a sentence. */
export function sentenceOf(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`
}
