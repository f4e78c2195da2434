/** Finds Chromium, which the browser tests drive; run as a program it installs Debian's where it may. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'] as const

/** @throws Error with a sentence that says what to install. */
export function findChromium(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = env['OXO_CHROMIUM']
  if (named !== undefined) {
    if (isProgram(named)) return named
    throw new Error(`OXO_CHROMIUM names ${named}, which is no program: name the one of Chromium.`)
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram)
  if (found !== undefined) return found
  throw new Error(
    'The browser tests need Chromium: run `node tools/chromium.ts` as root, or `sudo apt-get install chromium`, or ' +
      'name the program of one that is there in OXO_CHROMIUM.',
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Whether Debian's package is there afterwards. */
function installChromium(): boolean {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return false
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  return apt('update') && apt('install', '--yes', '--no-install-recommends', 'chromium')
}

if (import.meta.main)
  try {
    console.log(findOrInstall())
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exitCode = 1
  }

function findOrInstall(): string {
  try {
    return findChromium()
  } catch (cause) {
    if (process.env['OXO_CHROMIUM'] !== undefined || !installChromium()) throw cause
    return findChromium()
  }
}
