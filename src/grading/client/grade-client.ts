/** Grades the client of a submission: the same result and the same reports as for a server. */
import { holdingClock } from '../../base/index.ts'
import type { Description } from '../description/description.ts'
import { type CheckResult, type Grade, gradeOf, type GradeOptions, runCheck } from '../grade.ts'
import { CannotGrade } from '../submission/mistake.ts'
import { build } from '../submission/process.ts'
import { clientGradingChecks } from './checks.ts'
import { GradedClient } from './graded-client.ts'

/** Never rejects because of the submission: what cannot be graded is part of the result. */
export async function gradeClient(
  description: Description,
  { folder, seed = 1, only, onResult = () => {} }: Omit<GradeOptions, 'running' | 'isThorough' | 'own'>,
): Promise<Grade> {
  const began = holdingClock.now()
  const checks = clientGradingChecks.filter(({ id }) => only === undefined || only.includes(id))
  const results: CheckResult[] = []
  const finish = (impossible?: string): Grade =>
    gradeOf({ name: description.name, seed, checks: results, impossible, ms: holdingClock.now() - began })
  if (description.client === null)
    return finish(
      'the description has no client: say how to run it, what is typed, what it prints and what it is answered',
    )
  const client = new GradedClient(description, description.client, folder)
  try {
    if (client.client.build !== null) await build(client.client.build, folder)
    for (const [index, check] of checks.entries()) {
      const result = await runCheck(check, client, description.points, () => check.run(client))
      await client.stop()
      results.push(result)
      onResult(result, index + 1, checks.length)
    }
    return finish()
  } catch (cause) {
    if (cause instanceof CannotGrade) return finish(cause.message)
    throw cause
  } finally {
    await client.stop()
  }
}
