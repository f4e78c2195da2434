/**
 * Decides which messages of one game are entries. It takes them in the order of the stream. Of several messages with the same
 * version, the first is the entry.
 */
import { type Chain, chainStart } from '../chain.ts'
import { JournalFault, type Version } from '../journal.ts'
import type { Message } from './message.ts'

/** The current state of a game. `token`: the sequence of the last message of its subject, void or not. */
export interface GameHead {
  readonly version: Version
  readonly chain: Chain
  readonly token: number
}

export const noHead: GameHead = { version: 0, chain: chainStart, token: 0 }

export class GameLog {
  #head: GameHead
  /** Chains of void messages. A message that follows one of these is void as well. */
  readonly #voids = new Set<Chain>()

  /** @param head the state of the game before the first message that will be taken. */
  constructor(head: GameHead = noHead) {
    this.#head = head
  }

  get head(): GameHead {
    return this.#head
  }

  /** Whether the message is an entry. @throws JournalFault 'corrupt' if it follows neither an entry nor a void message. */
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
