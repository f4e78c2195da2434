/** What is fuzzed: something that takes bytes, and a judge of what it made of them. */
import type { Random } from '../../src/base/index.ts'

export interface Target {
  readonly name: string
  /** What takes the bytes, in a few words. */
  readonly about: string
  /** Texts that mean something here: the generator puts them in. */
  readonly words: readonly string[]
  /** The bugs that can be put in to see whether they are found, each with a sentence. */
  readonly plants: Readonly<Record<string, string>>
  /** `random` is for what the target draws itself, not for inputs. */
  open(plant: string | null, random: Random): Promise<Attack>
}

export interface Attack extends AsyncDisposable {
  /**
   * Gives it one input: this is what is timed. Resolves with the judgement of what came back: what kind of replies, for
   * telling inputs that do something new.
   * @throws Finding, and so may the judgement, when what came back is wrong.
   */
  give(input: Buffer): Promise<() => string>
  /** Somebody who means well is served as if nothing had been. @throws Finding */
  serve(): Promise<void>
}

/** Something is wrong with what was fuzzed. */
export class Finding extends Error {
  override readonly name = 'Finding'
}
