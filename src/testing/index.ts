export { type Clock, type Random, seededRandom, type Timer, VirtualClock } from '../base/index.ts'
export { type HeardRequest, helloAnswer, Wire } from '../client/testing/wire.ts'
export { type Check, journalContract, type JournalStore } from '../journal/index.ts'
export { describeView, type GameInput, type GameOutput, type GameState, makeGameModel } from './game-model.ts'
export {
  checkLinearizable,
  type Model,
  type Operation,
  type SearchOptions,
  type Verdict,
} from './linearizability.ts'
