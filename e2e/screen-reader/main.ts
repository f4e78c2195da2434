/**
 * The manual check of docs/ACCESSIBILITY.md with Orca on a virtual screen. `npm run screen-reader` uses the page with
 * the keyboard, prints what Orca says, and exits with 1 if it does not say what it should. It takes two minutes and
 * needs Debian's packages chromium, orca, xvfb, at-spi2-core, dbus-x11 and speech-dispatcher-audio-plugins.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { Orca } from './orca.ts'
import { checkWithOrca, chromiumWithWindows } from './story.ts'

const needed = [
  chromiumWithWindows,
  '/usr/bin/orca',
  '/usr/bin/Xvfb',
  '/usr/libexec/at-spi-bus-launcher',
  '/usr/bin/dbus-run-session',
]
const missing = needed.filter((program) => !existsSync(program))

if (missing.length > 0) {
  console.error(
    `Missing: ${missing.join(', ')}. On Debian: apt-get install chromium orca xvfb at-spi2-core dbus-x11 speech-dispatcher-audio-plugins`,
  )
  process.exitCode = 1
} else if (process.env['OXO_READER_SESSION'] === undefined) {
  // Uses a separate D-Bus session: the user may already have a desktop with a screen reader.
  const args = ['--', process.execPath, import.meta.filename]
  const env = { ...process.env, OXO_READER_SESSION: '1' }
  process.exitCode = spawnSync('dbus-run-session', args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1
} else {
  await using orca = await Orca.start()
  const missed = await checkWithOrca(orca)
  console.log(missed.length === 0 ? '\nEverything was said.' : `\nNot said:\n${missed.join('\n')}`)
  process.exitCode = missed.length === 0 ? 0 : 1
}
