export {
  cellOf,
  empty,
  emptyBoard,
  isOnBoard,
  makePlace,
  makePosition,
  parsePlace,
  parseGamePosition,
  type Place,
  placeOf,
  put,
  type GamePosition,
} from './board.ts'
export { type Choice, chooseMove, isQuick, searchMove } from './bot.ts'
export type { Command } from './command.ts'
export { decide } from './decide.ts'
export { type Decision, type Rejection, type RejectionName, rejections } from './decision.ts'
export { type Accepted, type Created, type Event, type OfferKind, offers, type Seating, seatings } from './event.ts'
export { evolve, outcomeOf } from './evolve.ts'
export { type Cell, type Ending, endings, type Game, type Outcome, type Ply } from './game.ts'
export { type Account, type Level, levels, type Mark, opponent, type Player, players } from './player.ts'
export {
  continueMatch,
  countPlayed,
  isMatchOver,
  type Match,
  type MatchLength,
  matchLengths,
  scoreMatch,
  startMatch,
} from './match.ts'
export { land, markFor } from './move.ts'
export { mayHaveLedTo } from './repeat.ts'
export {
  checkRules,
  isSameRules,
  makeRules,
  type MarkRule,
  markRules,
  parseRules,
  type PresetName,
  presetNames,
  presetOf,
  presets,
  type Rules,
  sideMax,
} from './rules.ts'
export { offersMax, takebacksMax } from './offer.ts'
export { countClasses, countGames, countPositions } from './perft.ts'
export { isStarted, speaksFor } from './seat.ts'
export { makeGameSheet, makeSheet, parseSheet, type Sheet } from './sheet.ts'
export { bestMoves, solvableCellsMax, solve, type Value } from './solver.ts'
export { isClockRunning } from './timed.ts'
export { checkTimeControl, type Clocks, controlMsMax, type TimeControl } from './time-control.ts'
