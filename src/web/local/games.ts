/** Games without a server: the service runs in a worker of the page, and the same client talks to it. */
import { makeId, systemRandom } from '../../base/index.ts'
import { type Client, connect, type GameHandle } from '../../client/index.ts'
import { type Created, evolve, type Level, opponent, type Player, presets, type Rules } from '../../game/index.ts'
import { makeView } from '../../protocol/index.ts'
import { dialThread } from './thread.ts'

/** bot: the visitor against a bot. screen: two players at one screen, with open seats. */
export type LocalWish =
  | { readonly place: 'bot'; readonly rules: Rules; readonly me: Player; readonly level: Level }
  | { readonly place: 'screen'; readonly rules: Rules }

export const firstLocalWish: LocalWish = { place: 'bot', rules: presets.tictactoe, me: 'X', level: 'casual' }

/** The visitor's account in the service of the page. */
const account = { id: 'you', name: 'you' } as const

let client: Client | null = null

/** Opens a new game, playable at once: the view that the service will return is known exactly. */
export function openLocal(wish: LocalWish): GameHandle {
  client ??= connect('ws://page', { transport: dialThread, account, token: account.id, giveUpMs: Infinity })
  const game = makeId(systemRandom)
  const { rules } = wish
  const seats = wish.place === 'bot' ? 'invite' : 'open'
  const asked =
    wish.place === 'bot'
      ? { game, rules, seat: wish.me, opponent: { bot: wish.level } }
      : { game, rules, seat: 'none' as const, seats: 'open' as const }
  client.call('game.create', asked).catch(() => client?.wake())
  const created: Created = { type: 'created', rules, seats, public: false, players: playersOf(wish), by: account.id }
  return client.resume(makeView(game, evolve(null, created)))
}

function playersOf(wish: LocalWish): Created['players'] {
  if (wish.place === 'screen') return {}
  const { me, level } = wish
  return { [me]: account, [opponent(me)]: { id: `bot-${level}`, name: level, bot: level } }
}
