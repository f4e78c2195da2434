/** One Chromium for all tests of this process; it ends after the last of them. */
import { after } from 'node:test'
import { type Browser, chromium } from 'playwright-core'
import { findProgram } from '../../tools/check/programs.ts'

/** Nothing that Chromium does by itself may look like the page's doing. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Names that a stranger could own, and let lead here; names of a network at home.
  '--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.test 127.0.0.1',
]

let opening: Promise<Browser> | null = null

/** @throws Error with a sentence that says what to install. */
export function openBrowser(): Promise<Browser> {
  // As root, as in a container, Chromium has no sandbox of its own; what it opens here is ours.
  opening ??= chromium.launch({
    executablePath: findProgram('chromium'),
    chromiumSandbox: process.getuid?.() !== 0,
    args: flags,
  })
  return opening
}

after(async () => {
  if (opening !== null) await (await opening).close()
})
