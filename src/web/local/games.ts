/** Games without a server: the service runs in a worker of the page, and the same client talks to it. */
import { assert, makeId, systemClock, systemRandom } from '../../base/index.ts'
import { type Client, connect, type GameHandle } from '../../client/index.ts'
import { type Created, opponent, type Player } from '../../game/index.ts'
import { makeSingleView } from '../../protocol/index.ts'
import { replayOf } from '../replay/record.ts'
import { storeKept, keepFollowing, type KeptGame } from './kept.ts'
import { dialThread } from './thread.ts'
import type { LocalWish } from './wish.ts'

/** The visitor's account in the service of the page. */
const account = { id: 'you', name: 'you' } as const

let client: Client | null = null

/** Opens a new game, playable at once: the view that the service will return is known exactly. */
export function openLocal(wish: LocalWish): GameHandle {
  const game = makeId(systemRandom)
  const { rules } = wish
  const me: Player = wish.place === 'bot' && wish.me !== 'any' ? wish.me : systemRandom.below(2) === 0 ? 'X' : 'O'
  const asked =
    wish.place === 'bot'
      ? { game, rules, seat: me, opponent: { bot: wish.level } }
      : { game, rules, seat: 'none' as const, seats: 'open' as const }
  const seats = wish.place === 'bot' ? 'invite' : 'open'
  const created: Created = {
    type: 'created',
    rules,
    seats,
    public: false,
    players: playersOf(wish, me),
    by: account.id,
  }
  local()
    .call('game.create', asked)
    .catch(() => client?.wake())
  const kept: KeptGame = { wish, game, entries: [{ at: systemClock.wall(), event: created }] }
  storeKept(kept)
  return continueLocal(kept)
}

/** Opens a game of this page or of an earlier one as it was. */
export function continueLocal({ wish, game, entries }: KeptGame): GameHandle {
  const state = replayOf(entries)
  assert(state !== null, 'a stored game has entries')
  const handle = local().resume(makeSingleView(game, state))
  keepFollowing(wish, handle)
  return handle
}

function local(): Client {
  return (client ??= connect('ws://page', { transport: dialThread, account, token: account.id, giveUpMs: Infinity }))
}

function playersOf(wish: LocalWish, me: Player): Created['players'] {
  if (wish.place === 'screen') return {}
  const { level } = wish
  return { [me]: account, [opponent(me)]: { id: `bot-${level}`, name: level, bot: level } }
}
