import { clientAnswerChecks } from './answer-checks.ts'
import type { ClientCheck } from './check.ts'
import { clientFailureChecks } from './failure-checks.ts'
import { clientInputChecks } from './input-checks.ts'

/** All checks of a client, in the order of the report. */
export const clientGradingChecks: readonly ClientCheck[] = [
  ...clientAnswerChecks,
  ...clientFailureChecks,
  ...clientInputChecks,
]
