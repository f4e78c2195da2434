/** The contract of every journal, as checks that run in any test runner against any engine. */
import { appendChecks } from './contract/append.ts'
import type { Check } from './contract/check.ts'
import { durableChecks } from './contract/durable.ts'
import { followChecks } from './contract/follow.ts'
import { idChecks } from './contract/id.ts'
import { listenChecks } from './contract/listen.ts'

export const journalContract: readonly Check[] = [
  ...idChecks,
  ...appendChecks,
  ...followChecks,
  ...listenChecks,
  ...durableChecks,
]
