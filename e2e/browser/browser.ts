/** One browser for all tests of this process. It is closed after the last test. */
import { join } from 'node:path'
import process from 'node:process'
import { after } from 'node:test'
import { type Browser, chromium, firefox } from 'playwright-core'
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

/** Firefox ESR does not emulate media features by BiDi, so its profile sets them for all pages. */
const firefoxPreferences = {
  'ui.prefersReducedMotion': 1,
  'layout.css.prefers-color-scheme.content-override': 1,
  // Each visitor has a window of its own; without this only one of them gets what is typed.
  'focusmanager.testmode': true,
  // Resolves public names to this machine, as Chromium's rules do.
  'alerts.useSystemBackend': false,
  'dom.events.testing.asyncClipboard': true,
  'network.dns.localDomains': ['board.example', 'oxo.example', 'other.example', 'oxo.test', 'house.test'].join(','),
}

/** Whether the tests run in Firefox, as `OXO_BROWSER=firefox` asks; otherwise they run in Chromium. */
export const isFirefox = process.env['OXO_BROWSER'] === 'firefox'

let opening: Promise<Browser> | null = null

/** @throws Error that says what to install if the browser is missing. */
export function openBrowser(): Promise<Browser> {
  opening ??= isFirefox ? openFirefox() : openChromium()
  return opening
}

function openChromium(): Promise<Browser> {
  // Chromium cannot use its sandbox as root, for example in a container. The tests open only our own pages.
  const chromiumSandbox = process.getuid?.() !== 0
  return chromium.launch({ executablePath: findProgram('chromium'), chromiumSandbox, args: flags })
}

function openFirefox(): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: join(import.meta.dirname, '../lib/firefox-launcher.ts'),
    env: { ...process.env, OXO_FIREFOX: findProgram('firefox') },
    firefoxUserPrefs: { ...firefoxPreferences, ...preferPushService(process.env['OXO_PUSH_SERVICE']) },
  })
}

/** The push service of a test in the place of Mozilla's. */
function preferPushService(origin: string | undefined): Record<string, string | number | boolean> {
  if (origin === undefined) return {}
  return {
    'dom.push.serverURL': origin.replace(/^http/, 'ws'),
    'dom.push.testing.allowInsecureServerURL': true,
    // WebDriver switches it off by itself.
    'dom.push.connection.enabled': true,
    'dom.push.retryBaseInterval': 100,
  }
}

after(async () => {
  if (opening !== null) await (await opening).close()
})
