/** `oxo bot`: a bot that plays as an ordinary client. */
import { systemRandom } from '../../base/index.ts'
import type { Client, GameHandle, GameView } from '../../client/index.ts'
import { chooseMove, type Level, type Player } from '../../game/index.ts'
import { makeLink, parseGame, parseServer } from '../address.ts'
import { parseRulesFlag } from '../game-flags.ts'
import { makeCellText } from '../cell-text.ts'
import { whySilent, withClient } from '../with-client.ts'

export interface BotOptions {
  readonly level: Level
  /** How many games to play before the command ends. */
  readonly games: number
  readonly rules?: string
  /** Id or link of the game to join; by default the next one in the lobby. */
  readonly game?: string
  readonly name?: string
}

const results = ['won', 'lost', 'drawn'] as const
type GameResult = (typeof results)[number]

/** Resolves after the last game. @throws Stop */
export function bot(url: string, options: BotOptions): Promise<void> {
  if (options.rules !== undefined) parseRulesFlag(options.rules)
  const { server, game } = options.game === undefined ? parseServer(url) : parseGame(options.game, url)
  const name = options.name ?? `oxo ${options.level}`
  return withClient(server, { name, giveUpMs: Infinity, waits: true }, async (client) => {
    const counts = { won: 0, lost: 0, drawn: 0 }
    for (let played = 0; played < options.games; played++) {
      const handle = await sitDown(client, game, options.rules)
      console.log(`sat down at ${makeLink({ server }, handle.id)}`)
      const result = await playOut(handle, options.level)
      if (result === null) throw whySilent(client)
      counts[result]++
      console.log(
        `${result} against ${nameOfOther(handle)}, ${counts.won + counts.lost + counts.drawn} of ${options.games}`,
      )
      handle.close()
    }
    console.log(`${options.games} games: ${results.map((result) => `${counts[result]} ${result}`).join(', ')}`)
  })
}

function sitDown(client: Client, game: string | null, rules: string | undefined): Promise<GameHandle> {
  if (game !== null) return client.join(game)
  return client.play(rules === undefined ? {} : { rules })
}

/** Makes the move when it is called, and resolves after it. */
type Around = (move: () => Promise<unknown>) => Promise<unknown>

/** Moves on its turn and answers offers until the game is over. Null if the handle ended earlier. */
export async function playOut(
  handle: GameHandle,
  level: Level,
  around: Around = (move) => move(),
): Promise<GameResult | null> {
  for await (const view of handle) {
    const me = handle.myPlayer
    if (view.outcome !== null) return resultOf(view, me)
    try {
      await act(handle, view, level, around)
    } catch (cause) {
      // The game has changed meanwhile: decide again at the next view.
      if (!(cause instanceof Error && 'retry' in cause && cause.retry === 'refresh')) throw cause
    }
  }
  return null
}

async function act(handle: GameHandle, view: GameView, level: Level, around: Around): Promise<void> {
  const { version, offer, rules, board, turn } = view
  // The bot accepts takebacks and declines all other offers.
  if (offer !== undefined && offer.player !== handle.myPlayer)
    return void (await handle.answer(offer.what, offer.what === 'takeback', { version }))
  if (!handle.myTurn) return
  const { x, y, mark } = chooseMove({ rules, board, turn }, level, systemRandom)
  await around(() => handle.move(x, y, { mark, version }))
}

function resultOf({ outcome }: GameView, me: Player | null): GameResult {
  if (outcome === null || outcome.winner === null) return 'drawn'
  return outcome.winner === me ? 'won' : 'lost'
}

function nameOfOther({ view, myPlayer }: GameHandle): string {
  return makeCellText(view.players[myPlayer === 'X' ? 'O' : 'X']?.name ?? 'nobody')
}
