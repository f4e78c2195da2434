/** Game sheets: a game as human-readable text, similar to PGN for chess. */
import { makePlace, parsePlace, type Place, placeOf } from './board.ts'
import { decide } from './decide.ts'
import type { Event } from './event.ts'
import { evolve } from './evolve.ts'
import { type Ending, endings, type Game, type Outcome, type Ply } from './game.ts'
import { type Mark, type Player, players } from './player.ts'
import { makeRules, parseRules, type Rules } from './rules.ts'

/** The content of a sheet: the final moves and the outcome. Null: the game is not over. */
export interface Sheet {
  readonly rules: Rules
  readonly moves: readonly Ply[]
  readonly outcome: Outcome | null
}

/**
 * The sheet of a game, from all its events: headers, an empty line, and a numbered line for each move of X with O's
 * reply. A move is written as its place, `1,1`; in wild games with its mark, `O@1,1`.
 */
export function makeSheet(events: readonly Event[]): string {
  return makeGameSheet(events.reduce<Game | null>(evolve, null))
}

/** As {@link makeSheet}, from the state of the game; '' for null. */
export function makeGameSheet(game: Game | null): string {
  if (game === null) return ''
  const { rules, moves, outcome } = game
  const headers = [
    `Rules: ${makeRules(rules)}`,
    ...players.map((player) => `${player}: ${oneLine(game.players[player]?.name ?? '?')}`),
    `Outcome: ${outcome === null ? 'unfinished' : makeOutcome(outcome)}`,
  ]
  const words = moves.map(
    ({ cell, mark }) => (rules.marks === 'wild' ? `${mark}@` : '') + makePlace(placeOf(rules, cell)),
  )
  const lines = words.flatMap((_, ply) =>
    ply % 2 === 0 ? [`${ply / 2 + 1}. ${words.slice(ply, ply + 2).join(' ')}`] : [],
  )
  return [...headers, '', ...lines, ''].join('\n')
}

/** Reads a sheet and replays its moves. Returns one sentence if the text is not a sheet or the rules forbid a move. */
export function parseSheet(text: string): Sheet | string {
  const [head = '', ...body] = text
    .replaceAll('\r', '')
    .trim()
    .split(/\n\s*\n/)
  const stray = head.split('\n').find((line) => !/^\w+:/.test(line))
  if (stray !== undefined) return `"${stray}" is not a header`
  const headers = new Map(head.split('\n').map((line) => split(line, ':')))
  const rules = parseRules(headers.get('Rules') ?? 'tictactoe')
  if (typeof rules === 'string') return rules
  const stated = parseOutcome(headers.get('Outcome') ?? 'unfinished')
  if (typeof stated === 'string') return stated
  const words = body
    .join(' ')
    .split(/\s+/)
    .filter((word) => word !== '' && !/^\d+\.$/.test(word))
  const game = replay(rules, words)
  if (typeof game === 'string') return game
  const { moves, outcome } = game
  if (outcome === null && (stated?.by === 'line' || stated?.by === 'full'))
    return `the moves do not end the game by ${stated.by}`
  if (outcome !== null && (stated === null || makeOutcome(stated) !== makeOutcome(outcome))) {
    return `the moves end the game otherwise: ${makeOutcome(outcome)}`
  }
  return { rules, moves, outcome: outcome ?? stated }
}

function replay(rules: Rules, words: readonly string[]): Game | string {
  let game = evolve(null, { type: 'created', rules, seats: 'open', public: false, players: {} })
  for (const word of words) {
    const move = parseMove(word)
    if (move === null) return `"${word}" is not a move`
    const decision = decide(game, { type: 'move', by: null, ...move })
    if (decision.type === 'rejected') return `move ${game.moves.length + 1}, ${word}: ${decision.rejection.message}`
    if (decision.type === 'event') game = evolve(game, decision.event)
  }
  return game
}

function parseMove(word: string): (Place & { readonly mark?: Mark }) | null {
  const [, letter, rest = ''] = /^(?:([XO])@)?(.*)$/.exec(word) ?? []
  const mark = players.find((player) => player === letter)
  const place = parsePlace(rest)
  return place === null || mark === undefined ? place : { ...place, mark }
}

function makeOutcome({ winner, by }: Outcome): string {
  return winner === null ? `draw by ${by}` : `${winner} wins by ${by}`
}

function parseOutcome(text: string): Outcome | null | string {
  if (text === 'unfinished') return null
  const [, who, how] = /^(draw|[XO] wins) by (\w+)$/.exec(text) ?? []
  const winner: Player | null = players.find((player) => who === `${player} wins`) ?? null
  const by = endings.find((ending) => ending === how)
  if (by === undefined || isDraw(by) !== (winner === null)) return `"${text}" is not an outcome`
  return { winner, by }
}

function isDraw(by: Ending): boolean {
  return by === 'full' || by === 'agreement' || by === 'withdrawal'
}

function split(line: string, mark: string): [name: string, value: string] {
  const at = line.indexOf(mark)
  return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

/** Replaces line breaks and control characters, so that a display name cannot add a line. */
function oneLine(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
