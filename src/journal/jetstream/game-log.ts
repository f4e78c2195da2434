/** The messages of one game, in the order of the stream: which of them are entries. The first with a version wins. */
import { type Chain, chainStart } from '../chain.ts'
import { JournalFault, type Version } from '../journal.ts'
import type { Message } from './message.ts'

/** Where a game stands. `token`: the sequence of the last message of its subject, void or not. */
export interface Head {
  readonly version: Version
  readonly chain: Chain
  readonly token: number
}

export const noHead: Head = { version: 0, chain: chainStart, token: 0 }

export class GameLog {
  #head: Head
  /** Chains of void messages: what follows one of these is void as well. */
  readonly #voids = new Set<Chain>()

  /** @param head where the game stood before the first message that will be taken. */
  constructor(head: Head = noHead) {
    this.#head = head
  }

  get head(): Head {
    return this.#head
  }

  /** Whether this is an entry. @throws JournalFault 'corrupt' for what follows neither an entry nor a void message. */
  take(message: Message): boolean {
    const { sequence, version, chain } = message
    const { version: before, chain: previous } = this.#head
    if (version === before + 1 && message.follows(previous)) {
      this.#head = { version, chain, token: sequence }
      return true
    }
    if (version > before && !this.#followsVoid(message))
      throw new JournalFault('corrupt', `entry ${version} of game ${message.game} does not match its chain`)
    if (version > 0) this.#voids.add(chain)
    this.#head = { ...this.#head, token: sequence }
    return false
  }

  #followsVoid(message: Message): boolean {
    for (const previous of this.#voids) if (message.follows(previous)) return true
    return false
  }
}
