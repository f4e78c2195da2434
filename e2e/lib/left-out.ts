/** Tests that need more than every machine has: a privilege, a mount, a program. */
import type { TestContext } from 'node:test'
import { sayWhatIsMissing } from '../../tools/check/programs.ts'

/** CI must be able to run everything; elsewhere a person may go without. */
const isAllRequired = process.env['CI'] === 'true' || process.env['OXO_REQUIRE_ALL'] === '1'

/**
 * Whether the test has to be left out, for a reason that is then shown: a sentence that says what to do.
 * @throws an error with that sentence where nothing may be left out.
 */
export function leaveOut(t: TestContext, reason: string | null): boolean {
  if (reason === null) return false
  if (isAllRequired) throw new Error(`${reason} Nothing may be left out here.`)
  console.log(`left out: ${t.name}: ${reason}`)
  t.skip(reason)
  return true
}

/** Whether tests on a terminal have to be left out: Node has no pseudo-terminals of its own. */
export const isWithoutTerminals = (t: TestContext): boolean => leaveOut(t, sayWhatIsMissing('python3'))
