/** Games in words: names, rules, outcomes and refusals. */
import type { GameView, OxoError } from '../client/index.ts'
import { type Account, isSameRules, type Player, type PresetName, presets, type Rules } from '../game/index.ts'
import type { FirstKey } from './language/catalogue.ts'
import { isKey, isolate, text } from './language/text.ts'
import type { PageGameState, PageGame } from './state/page-game.ts'

export function nameOfAccount(account: Account | null): string {
  if (account === null) return text('freeSeat')
  return account.bot === undefined ? isolate(account.name) : text(`bot_${account.bot}`)
}

/** The name of a player on the page; the visitor is "You". */
export function nameOf(table: PageGame, { shown, me }: PageGameState, player: Player): string {
  if (table.place === 'screen' || shown.seats === 'open') return text(`player${player}`)
  return player === me ? text('you') : nameOfAccount(shown.players[player])
}

export function presetOf(rules: Rules): PresetName | null {
  return presetNames.find((name) => isSameRules(presets[name], rules)) ?? null
}

export const presetNames = Object.keys(presets) as readonly PresetName[]

/** A short name: the preset's, or size and options. */
export function titleOfRules(rules: Rules): string {
  const preset = presetOf(rules)
  if (preset !== null) return text(preset)
  const { width, height, line } = rules
  const options: readonly (FirstKey | false)[] = [
    rules.gravity && 'rulesGravity',
    rules.misere && 'rulesMisere',
    rules.marks === 'wild' && 'rulesWild',
    rules.marks === 'shared' && 'rulesShared',
    rules.exact && 'rulesExact',
  ]
  const words = options.filter((option) => option !== false).map((option) => text(option))
  return [text('rulesSize', { width, height, line }), ...words].join(', ')
}

export function reasonOf({ rules }: GameView, { by }: NonNullable<GameView['outcome']>): string {
  switch (by) {
    case 'line':
      return text(rules.misere ? 'byMisereLine' : 'byLine')
    case 'full':
      return text('byFull')
    case 'resignation':
      return text('byResignation')
    case 'time':
      return text('byTime')
    case 'agreement':
      return text('byAgreement')
    case 'abandonment':
      return text('byAbandonment')
    case 'withdrawal':
      return text('withdrawn')
  }
}

function winnerOf(table: PageGame, standing: PageGameState, winner: Player | null): string {
  if (winner === null) return text('draw')
  if (standing.me === null) return text('won', { name: nameOf(table, standing, winner) })
  return text(winner === standing.me ? 'youWon' : 'youLost')
}

/** The status line of a game, the same for display and screen readers. */
export function turnLine(table: PageGame, standing: PageGameState): string {
  const { shown, me, isMyTurn, ended } = standing
  const { outcome, turn } = shown
  if (outcome?.by === 'withdrawal') return text('withdrawn')
  if (outcome !== null) {
    return text('result', { result: winnerOf(table, standing, outcome.winner), reason: reasonOf(shown, outcome) })
  }
  if (ended !== null) return refusal(ended)
  if (shown.seats === 'invite' && (shown.players.X === null || shown.players.O === null))
    return text('waitingForOpponent')
  if (turn === null) return ''
  if (isMyTurn && me !== null) return text('yourMoveAs', { player: me })
  if (shown.seats === 'open') return text('playerMove', { player: turn })
  const name = nameOf(table, standing, turn)
  return text(shown.players[turn]?.bot === undefined ? 'theirMove' : 'botThinks', { name })
}

/** The reason of an error in the language of the page; the server's message if the page has no text for it. */
export function refusal({ name, message }: Pick<OxoError, 'name' | 'message'>): string {
  return isKey(name) ? text(name) : text('refused', { reason: isolate(message) })
}
