/** One Chromium for all tests of this process. It is closed after the last test. */
import { after } from 'node:test'
import { type Browser, chromium } from 'playwright-core'
import { findProgram } from '../../tools/check/programs.ts'

/** Most of them disable what Chromium does on its own, so that it is not taken for an action of the page. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Pages of one site and one context share a process: to start one takes longer than to load the page.
  '--renderer-process-limit=1',
  // Public names that an attacker could point at this server, and names of a local network.
  '--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.test 127.0.0.1',
]

let opening: Promise<Browser> | null = null

/** @throws Error that says what to install if Chromium is missing. */
export function openBrowser(): Promise<Browser> {
  // Chromium cannot use its sandbox as root, for example in a container. The tests open only our own pages.
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
