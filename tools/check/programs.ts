/** External programs that tests need. `node tools/check/programs.ts` installs the missing ones, or says what to install. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { findNatsServers, findOrInstallNatsServers } from '../cluster/nats.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface OutsideProgram {
  /** The names of Debian's packages, with a space between them. */
  readonly debian: string
  /** Which tests need it. */
  readonly neededBy: string
  /** Returns its path, or null if it is missing. @throws Error if a variable names a file that is no program. */
  readonly find: (env: Environment) => string | null
  /** Installs it if Debian's package cannot be used. @throws Error that says what to do. */
  readonly install?: () => void | Promise<void>
}

const programs = {
  chromium: { debian: 'chromium-headless-shell', neededBy: 'the browser tests (e2e/browser)', find: findChromium },
  firefox: { debian: 'firefox-esr', neededBy: 'the browser tests in Firefox (e2e/browser)', find: findFirefox },
  python3: {
    debian: 'python3',
    neededBy:
      'tests of terminals (src/cli, e2e/terminal.test.ts), the Python client (e2e/example-clients.test.ts), the course',
    find: onPath('python3'),
  },
  // The headers of the C library are only recommended by the package of the compiler.
  gcc: { debian: 'gcc libc6-dev', neededBy: 'the C client (e2e/example-clients.test.ts)', find: onPath('gcc') },
  go: { debian: 'golang-go', neededBy: 'the Go client (e2e/example-clients.test.ts)', find: onPath('go') },
  javac: {
    debian: 'default-jdk-headless',
    neededBy: 'the Java client (e2e/example-clients.test.ts)',
    find: onPath('javac'),
  },
  nc: {
    debian: 'netcat-openbsd',
    neededBy: 'the bash client (e2e/examples.test.ts) and the course (e2e/course.test.ts)',
    find: onPath('nc'),
  },
  strace: { debian: 'strace', neededBy: 'the tests of failing system calls (e2e/real)', find: onPath('strace') },
  slowhttptest: {
    debian: 'slowhttptest',
    neededBy: 'the slow clients (fuzz/slow.test.ts)',
    find: onPath('slowhttptest'),
  },
  'mkfs.ext4': { debian: 'e2fsprogs', neededBy: 'the power cut (e2e/real)', find: onPath('mkfs.ext4') },
  mount: { debian: 'mount', neededBy: 'the power cut and the full disk (e2e/real)', find: onPath('mount') },
  ip: { debian: 'iproute2', neededBy: 'the networks that are cut (e2e/cluster)', find: onPath('ip') },
  nft: { debian: 'nftables', neededBy: 'the networks that are cut (e2e/cluster)', find: onPath('nft') },
  'nats-server': {
    debian: 'nats-server',
    neededBy: 'the cluster (src/journal/jetstream, e2e/cluster)',
    find: (env) => findNatsServers(env)?.[0] ?? null,
    install: () => void findOrInstallNatsServers(),
  },
  'systemd-analyze': {
    debian: 'systemd',
    neededBy: 'the units of deploy/systemd (tools/check/deploy.test.ts)',
    find: onPath('systemd-analyze'),
  },
  openssl: { debian: 'openssl', neededBy: 'certificates (src/cli, e2e/cluster)', find: onPath('openssl') },
  eatmydata: { debian: 'libeatmydata1', neededBy: 'the power cut (e2e/real)', find: findEatMyData },
} as const satisfies Readonly<Record<string, OutsideProgram>>

export type ProgramName = keyof typeof programs

/** Returns its path. @throws Error that says what to install. */
export function findProgram(name: ProgramName, env: Environment = process.env): string {
  const found = programs[name].find(env)
  if (found === null) throw new Error(describeMissing(name))
  return found
}

/** Returns null if all of them are installed, otherwise a sentence for each missing one that says what to do. */
export function sayWhatIsMissing(...names: readonly ProgramName[]): string | null {
  const missing = listMissing(names)
  return missing.length === 0 ? null : missing.map(describeMissing).join(' ')
}

function listMissing(names: readonly ProgramName[]): readonly ProgramName[] {
  return names.filter((name) => programs[name].find(process.env) === null)
}

function describeMissing(name: ProgramName): string {
  const { neededBy, debian } = programs[name]
  if (name === 'nats-server') return `${name} is missing for ${neededBy}: run \`node tools/cluster/nats.ts\`.`
  const isBrowser = name === 'chromium' || name === 'firefox'
  const variable = isBrowser ? `, or give the path of an installed one in OXO_${name.toUpperCase()}` : ''
  return `${name} is missing for ${neededBy}: run \`node tools/check/programs.ts\` as root, or \`sudo apt-get install ${debian}\`${variable}.`
}

/** A Chromium without windows uses less than half the processor time, so it is taken even if another is earlier in the path. */
const withoutWindows = ['chromium-headless-shell', 'chrome-headless-shell'] as const
const withWindows = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'] as const

function findChromium(env: Environment): string | null {
  return named(env, 'OXO_CHROMIUM') ?? onPath(...withoutWindows)(env) ?? onPath(...withWindows)(env)
}

function findFirefox(env: Environment): string | null {
  return named(env, 'OXO_FIREFOX') ?? onPath('firefox-esr', 'firefox')(env)
}

/** Returns the path in a variable, or null. @throws Error if it is no program. */
function named(env: Environment, variable: string): string | null {
  const path = env[variable]
  if (path === undefined || isProgram(path)) return path ?? null
  throw new Error(`${variable} names ${path}, which is no program: give the path of the browser.`)
}

/** The path of the library that turns every sync into a no-op, or null. */
function findEatMyData(): string | null {
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name))
  const files = folders.map((folder) => join(folder, 'libeatmydata.so.1'))
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null
}

/** Administration programs are not in every user's path. */
const administrationFolders = ['/usr/sbin', '/sbin'] as const

function onPath(...names: readonly string[]): (env: Environment) => string | null {
  return (env) => {
    const path = env['PATH'] ?? ''
    const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...administrationFolders]
    return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram) ?? null
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** @throws Error if one cannot be installed. */
async function install(names: readonly ProgramName[]): Promise<void> {
  const all: readonly OutsideProgram[] = names.map((name) => programs[name])
  for (const program of all) await program.install?.()
  const fromDebian = all.filter((program) => program.install === undefined)
  const packages = new Set(fromDebian.flatMap(({ debian }) => debian.split(' ')))
  if (packages.size === 0) return
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  apt('update')
  apt('install', '--yes', '--no-install-recommends', ...packages)
}

function apt(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Another process may hold the lock of dpkg.
  const { status } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: 'inherit' })
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed.`)
}

async function main(): Promise<void> {
  const names = Object.keys(programs) as ProgramName[]
  const missing = listMissing(names)
  if (missing.length > 0) await install(missing)
  const left = listMissing(missing)
  // The tests themselves report that they are left out, and fail in CI; these lines say what to install.
  for (const name of left) console.log(`left out: ${describeMissing(name)}`)
  if (left.length > 0 && process.env['CI'] === 'true') process.exitCode = 1
  console.log(`${names.length - left.length} of ${names.length} programs are installed`)
}

if (import.meta.main)
  try {
    await main()
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exitCode = 1
  }
