/** The argument checks that every engine makes before it reads its log. */
import { assert } from '../base/index.ts'
import type { GameId, Version } from './journal.ts'
import { bodyLengthMax } from './limits.ts'

const gameId = /^[A-Za-z0-9_-]{1,64}$/

/**
 * Asserts that the arguments of an append are valid. Callers validate user input, so an invalid argument is a bug of the
 * caller, not a conflict. A body must be well-formed (no lone surrogate): otherwise its UTF-8 would read back as another text.
 */
export function assertAppend(game: GameId, after: Version, body: string): void {
  assert(gameId.test(game), 'a game id is 1 to 64 characters of A-Z a-z 0-9 _ -')
  assert(Number.isSafeInteger(after) && after >= 0, 'a version is a whole number, at least 0')
  assert(body.length <= bodyLengthMax, `a body has at most ${bodyLengthMax} UTF-16 units`)
  assert(body.isWellFormed(), 'a body is a well-formed string, without lone surrogates')
}
