/** What tests cannot do in Firefox. Each test, or part of one, that needs it is named when the tests run. */
import type { TestContext } from 'node:test'
import { sayLeftOut } from '../lib/left-out.ts'
import { isFirefox } from './browser.ts'

const missing = {
  fingers: 'Playwright sends no touch to Firefox, which reports a mouse to every page.',
  layoutShifts: 'Firefox does not report layout shifts.',
  media: 'WebDriver BiDi changes no media feature of an open page in Firefox.',
  workers: 'Playwright reaches no service worker in Firefox.',
} as const

/** True in Firefox if it lacks this; the run then says what is left out. */
export function isMissing(t: TestContext, what: keyof typeof missing): boolean {
  if (isFirefox) sayLeftOut(t, missing[what])
  return isFirefox
}
