/** Test output for people: silence for what holds, everything about what does not, and one line at the end. */
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === 'test:fail' && !isOfChildren(event.data.details.error)) {
      const { name, file = '', line = 0, details } = event.data
      yield `\n✖ ${name}\n  ${file}:${line}\n  ${describe(details.error.cause).replaceAll('\n', '\n  ')}\n\n`
    } else if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message
    else if (event.type === 'test:summary' && event.data.file === undefined) {
      const { passed, skipped, tests } = event.data.counts
      const leftOut = skipped === 0 ? '' : `, ${skipped} left out`
      yield `${passed} passed, ${tests - passed - skipped} failed${leftOut}\n`
    }
  }
}

/** A test that fails only because one inside it did has nothing to add. */
function isOfChildren(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed'
}

/** What went wrong and where in our own files; Node's frames and the assertion's bookkeeping say nothing more. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : inspect(error)
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ') && !line.includes('node:')) ?? []
  const cause = error.cause === undefined ? [] : [`because: ${describe(error.cause)}`]
  return [error.message, ...frames, ...cause].join('\n')
}
