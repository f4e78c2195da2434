/** Test output for people: nothing for passed tests, all details of failed ones, and one line at the end. */
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** The number of slowest files to name. */
const slowestMax = 5

export default async function* reportTests(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const seconds = new Map<string, number>()
  const total = { passed: 0, failed: 0, skipped: 0 }
  for await (const event of events) {
    if (isOfFile(event)) seconds.set(event.data.name, event.data.details.duration_ms / 1000)
    if (event.type === 'test:fail' && !isOfChildren(event.data.details.error)) {
      const { name, file = '', line = 0, details } = event.data
      yield `\n✖ ${name}\n  ${file}:${line}\n  ${describe(details.error.cause).replaceAll('\n', '\n  ')}\n\n`
    } else if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message
    else if (event.type === 'test:summary' && event.data.file === undefined) {
      const { passed, skipped, tests } = event.data.counts
      total.passed += passed
      total.failed += tests - passed - skipped
      total.skipped += skipped
    }
  }
  const leftOut = total.skipped === 0 ? '' : `, ${total.skipped} left out`
  yield `${total.passed} passed, ${total.failed} failed${leftOut}\n`
  if (seconds.size > slowestMax) yield `slowest: ${nameSlowest(seconds)}\n`
}

/** Whether the event is about a whole file; its duration includes that of the process. */
function isOfFile(event: TestEvent): event is TestEvent & { readonly type: 'test:complete' } {
  return event.type === 'test:complete' && event.data.file?.endsWith(`/${event.data.name}`) === true
}

function nameSlowest(seconds: ReadonlyMap<string, number>): string {
  const slowest = [...seconds].toSorted(([, one], [, other]) => other - one).slice(0, slowestMax)
  return slowest.map(([file, took]) => `${file} ${took.toFixed(0)} s`).join(', ')
}

/** Whether a test failed only because a test inside it failed. */
function isOfChildren(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed'
}

/** The message and the stack frames in our own files; Node's own frames are left out. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : inspect(error)
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ') && !line.includes('node:')) ?? []
  const cause = error.cause === undefined ? [] : [`because: ${describe(error.cause)}`]
  return [error.message, ...frames, ...cause].join('\n')
}
