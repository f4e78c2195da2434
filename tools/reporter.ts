/** Test output for people: silence for what holds, everything about what does not, and one line at the end. */
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

interface Failed {
  readonly name: string
  readonly file: string | undefined
  readonly line: number | undefined
  readonly error: Error
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === 'test:fail' && !isOfChildren(event.data.details.error)) {
      const { name, file, line, details } = event.data
      yield describe({ name, file, line, error: details.error })
    } else if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message
    else if (event.type === 'test:diagnostic' && event.data.level === 'error') yield `${event.data.message}\n`
    else if (event.type === 'test:summary' && event.data.file === undefined) {
      const { passed, tests } = event.data.counts
      yield `${passed} passed, ${tests - passed} failed\n`
    }
  }
}

/** A test that fails only because one inside it did has nothing to add. */
function isOfChildren(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed'
}

function describe({ name, file, line, error }: Failed): string {
  const why = inspect(error.cause ?? error, { depth: 8 }).replaceAll('\n', '\n  ')
  return `\n✖ ${name}\n  ${file ?? ''}:${line ?? 0}\n  ${why}\n\n`
}
