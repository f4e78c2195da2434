/** A fuzz target: something that takes bytes, with a check of its output. */
import type { Random } from '../../src/base/index.ts'

export interface Target {
  readonly name: string
  /** A short description of what takes the bytes. */
  readonly about: string
  /** Texts with a meaning for this target; the generator inserts them. */
  readonly words: readonly string[]
  /** The bugs that can be planted, by name, each with a description. */
  readonly plants: Readonly<Record<string, string>>
  /** `random` is the target's own source of randomness; inputs do not use it. */
  open(plant: string | null, random: Random): Promise<Attack>
}

export interface Attack extends AsyncDisposable {
  /**
   * Runs one input; this part is timed. Resolves with a function that checks the output and returns its kind, which
   * shows whether an input did something new.
   * @throws Finding if the output is wrong; the function may throw it too.
   */
  give(input: Buffer): Promise<() => string>
  /** Checks that a well-behaved client is still served. @throws Finding */
  serve(): Promise<void>
}

/** A defect of the target. */
export class FuzzFinding extends Error {
  override readonly name = 'Finding'
}
