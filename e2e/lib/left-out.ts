/** Skips tests that need something a machine may lack: a privilege, a mount, a program. */
import type { TestContext } from 'node:test'
import { sayWhatIsMissing } from '../../tools/check/programs.ts'

/** In CI nothing may be skipped; elsewhere tests with missing requirements are. */
const isAllRequired = process.env['CI'] === 'true' || process.env['OXO_REQUIRE_ALL'] === '1'

/**
 * Skips the test if there is a reason, and prints it. The reason is a sentence that says what to do. True if skipped.
 * @throws Error with the reason where nothing may be skipped.
 */
export function leaveOut(t: TestContext, reason: string | null): boolean {
  if (reason === null) return false
  if (isAllRequired) throw new Error(`${reason} No test may be skipped here.`)
  sayLeftOut(t, reason)
  t.skip(reason)
  return true
}

/** Names a test, or a part of it, that does not run. `npm test` prints the line. */
export function sayLeftOut({ name }: TestContext, reason: string): void {
  console.log(`left out: ${name}: ${reason}`)
}

/** Skips a test that needs a pseudo-terminal, which Python provides because Node has none. True if skipped. */
export const isWithoutTerminals = (t: TestContext): boolean => leaveOut(t, sayWhatIsMissing('python3'))
