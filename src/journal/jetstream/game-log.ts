/** The messages of one game, in the order of the stream, as entries: the first with a version wins. */
import { type Chain, chainStart } from '../chain.ts'
import { type Entry, JournalFault, type Version } from '../journal.ts'
import { makeEntry, type Message } from './message.ts'

/** Where a game stands. `token`: the sequence of the last message of its subject, void or not. */
export interface Head {
  readonly version: Version
  readonly chain: Chain
  readonly token: number
}

export const noHead: Head = { version: 0, chain: chainStart, token: 0 }

export class GameLog {
  readonly entries: Entry[] = []
  #head: Head
  /** Whose append each entry was, by version. */
  readonly #appends = new Map<Version, string>()
  /** Chains of void messages: what follows one of these is void as well. */
  readonly #voids = new Set<Chain>()

  /** @param head where the game stood before the first message that will be taken. */
  constructor(head: Head = noHead) {
    this.#head = head
  }

  get head(): Head {
    return this.#head
  }

  /** Whether entry `version` is the one that this call of append wrote. */
  isOf(version: Version, append: string): boolean {
    return this.#appends.get(version) === append
  }

  /** @throws JournalFault 'corrupt' for a message that follows neither an entry nor a void one. */
  take(message: Message): void {
    const { sequence, version, chain, append } = message
    const { version: before, chain: previous } = this.#head
    if (version === before + 1 && message.follows(previous)) {
      this.#head = { version, chain, token: sequence }
      this.#appends.set(version, append)
      this.entries.push(makeEntry(message))
      return
    }
    if (version > before && !this.#followsVoid(message))
      throw new JournalFault('corrupt', `entry ${version} of game ${message.game} does not match its chain`)
    if (version > 0) this.#voids.add(chain)
    this.#head = { ...this.#head, token: sequence }
  }

  #followsVoid(message: Message): boolean {
    for (const previous of this.#voids) if (message.follows(previous)) return true
    return false
  }
}
