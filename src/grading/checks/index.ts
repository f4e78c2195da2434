import { answerChecks } from './answers.ts'
import { boardChecks } from './board.ts'
import type { GradingCheck } from './check.ts'
import { clientChecks } from './clients.ts'
import { moveChecks } from './moves.ts'
import { processChecks } from './process.ts'
import { raceChecks } from './races.ts'
import { streamChecks } from './stream.ts'
import { winChecks } from './wins.ts'

/** All checks, in the order of the report. */
export const gradingChecks: readonly GradingCheck[] = [
  ...boardChecks,
  ...moveChecks,
  ...winChecks,
  ...answerChecks,
  ...streamChecks,
  ...clientChecks,
  ...raceChecks,
  ...processChecks,
]

export { checkGroups } from './check.ts'
export type { CheckGroup, GradingCheck } from './check.ts'
