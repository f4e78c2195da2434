/** Games in words: names, rules, outcomes and refusals. */
import type { GameView, OxoError } from '../client/index.ts'
import { type Account, markFor, opponent, type Player, presetOf, type Rules } from '../game/index.ts'
import type { FirstKey } from './language/catalogue.ts'
import { isKey, isolate, firstText } from './language/text.ts'
import type { PageGameState, PageGame } from './state/page-game.ts'

export function nameOfAccount(account: Account | null): string {
  if (account === null) return firstText('freeSeat')
  return account.bot === undefined ? isolate(account.name) : firstText(`bot_${account.bot}`)
}

/** The name of a player on the page; the visitor is "You". */
export function nameOf(table: PageGame, { shown, me }: PageGameState, player: Player): string {
  if (table.place === 'screen' || shown.seats === 'open') return firstText(`player${player}`)
  return player === me ? firstText('you') : nameOfAccount(shown.players[player])
}

/** A short name: the preset's, or size and options. */
export function titleOfRules(rules: Rules): string {
  const preset = presetOf(rules)
  if (preset !== null) return firstText(preset)
  const { width, height, line } = rules
  const options: readonly (FirstKey | false)[] = [
    rules.gravity && 'rulesGravity',
    rules.misere && 'rulesMisere',
    rules.marks === 'wild' && 'rulesWild',
    rules.marks === 'shared' && 'rulesShared',
    rules.exact && 'rulesExact',
  ]
  const words = options.filter((option) => option !== false).map((option) => firstText(option))
  return [firstText('rulesSize', { width, height, line }), ...words].join(', ')
}

/** Why a game ended, as the second half of a sentence about the player `about`. */
function reasonOf({ rules }: GameView, { by, winner }: NonNullable<GameView['outcome']>, about: Player | null): string {
  switch (by) {
    case 'line': {
      const player = rules.misere && winner !== null ? opponent(winner) : winner
      return firstText(player === about ? 'byLine' : 'byTheirLine', { player: player ?? '', line: rules.line })
    }
    case 'full':
      return firstText('byFull')
    case 'resignation':
      return firstText('byResignation')
    case 'time':
      return firstText('byTime')
    case 'agreement':
      return firstText('byAgreement')
    case 'abandonment':
      return firstText('byAbandonment')
    case 'withdrawal':
      return firstText('withdrawn')
  }
}

function winnerOf(table: PageGame, standing: PageGameState, winner: Player | null): string {
  if (winner === null) return firstText('draw')
  if (standing.me === null) return firstText('won', { name: nameOf(table, standing, winner) })
  return firstText(winner === standing.me ? 'youWon' : 'youLost')
}

/** The mark that a player places by these rules, or both. */
function marksOf(rules: Rules, player: Player): string {
  return rules.marks === 'wild' ? firstText('eitherMark') : (markFor(rules, player) ?? player)
}

/** The status line of a game, the same for display and screen readers. */
export function turnLine(table: PageGame, standing: PageGameState): string {
  const { shown, me, isMyTurn, ended } = standing
  const { outcome, turn } = shown
  if (outcome?.by === 'withdrawal') return firstText('withdrawn')
  if (outcome !== null) {
    const reason = reasonOf(shown, outcome, me ?? outcome.winner)
    return firstText('result', { result: winnerOf(table, standing, outcome.winner), reason })
  }
  if (ended !== null) return refusal(ended)
  if (shown.seats === 'invite' && (shown.players.X === null || shown.players.O === null)) {
    const host = shown.players.X ?? shown.players.O
    return me !== null || host === null
      ? firstText('waitingForOpponent')
      : firstText('invited', { name: nameOfAccount(host) })
  }
  if (turn === null) return ''
  const mark = marksOf(shown.rules, turn)
  if (isMyTurn && me !== null) return firstText('yourMoveAs', { mark })
  if (shown.seats === 'open') return firstText(mark === turn ? 'playerMove' : 'playerMoveAs', { player: turn, mark })
  const name = nameOf(table, standing, turn)
  return firstText(shown.players[turn]?.bot === undefined ? 'theirMove' : 'botThinks', { name })
}

/** The reason of an error in the language of the page; the server's message if the page has no text for it. */
export function refusal({ name, message }: Pick<OxoError, 'name' | 'message'>): string {
  return isKey(name) ? firstText(name) : firstText('refused', { reason: isolate(message) })
}
