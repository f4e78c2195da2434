/**
 * Finds the two nats-servers that the tests of the cluster run. Run as a program, it fetches the missing ones: it unpacks
 * Debian's packages into a cache folder, with apt's state in a temporary folder. It installs nothing on the machine.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { natsServerVariable } from '../../src/cli/demo/nats-program.ts'

/** current: the version that Oxo supports. racing: an old version that acknowledges both of two racing writers; Oxo must not. */
export const natsServers = {
  current: { suite: 'forky', variable: natsServerVariable },
  racing: { suite: 'bookworm', variable: 'OXO_NATS_SERVER_RACING' },
} as const
export type NatsServerKind = keyof typeof natsServers

type Environment = Readonly<Record<string, string | undefined>>

/** @throws Error that says what to do. */
export function findNatsServer(kind: NatsServerKind, env: Environment = process.env): string {
  const { suite, variable } = natsServers[kind]
  const named = env[variable]
  if (named !== undefined) {
    if (isProgram(named)) return named
    throw new Error(`${variable} names ${named}, which is no program: give the path of a nats-server.`)
  }
  const program = programOf(suite, env)
  if (isProgram(program)) return program
  throw new Error(
    `The tests of the cluster need the nats-server of Debian ${suite}: run \`node tools/cluster/nats.ts\`, or give ` +
      `the path of an installed one in ${variable}.`,
  )
}

/** Both servers; null if one is missing. @throws Error if a variable names a file that is no program. */
export function findNatsServers(env: Environment = process.env): readonly string[] | null {
  const kinds = Object.keys(natsServers) as NatsServerKind[]
  const isMissing = kinds.some((kind) => {
    const { suite, variable } = natsServers[kind]
    return env[variable] === undefined && !isProgram(programOf(suite, env))
  })
  return isMissing ? null : kinds.map((kind) => findNatsServer(kind, env))
}

function cacheFolder(env: Environment): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'oxo', 'nats')
}

function programOf(suite: string, env: Environment): string {
  const folder = join(cacheFolder(env), suite, 'usr')
  return join(folder, existsSync(join(folder, 'sbin', 'nats-server')) ? 'sbin' : 'bin', 'nats-server')
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Finds both, and fetches the missing ones. @throws Error that says why a fetch failed. */
export function findOrInstallNatsServers(env: Environment = process.env): readonly string[] {
  return (Object.keys(natsServers) as NatsServerKind[]).map((kind) => findOrInstallNatsServer(kind, env))
}

/** Finds or fetches one of them. @throws Error that says what to do. */
export function findOrInstallNatsServer(kind: NatsServerKind, env: Environment = process.env): string {
  const { suite, variable } = natsServers[kind]
  if (env[variable] !== undefined || isProgram(programOf(suite, env))) return findNatsServer(kind, env)
  try {
    install(suite, cacheFolder(env))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const advice = `install nats-server 2.12 or newer (https://nats.io/download) and name it in ${variable}, or put it on the path`
    throw new Error(`${why.replace(/\.?$/, '')}: ${advice}.`, { cause })
  }
  return findNatsServer(kind, env)
}

/** Unpacks into a temporary folder and then renames it, so that no reader finds an incomplete one. */
function install(suite: string, cache: string): void {
  mkdirSync(cache, { recursive: true })
  const draft = mkdtempSync(join(cache, `${suite}-`))
  const state = mkdtempSync(join(tmpdir(), 'oxo-apt-'))
  try {
    unpack(suite, state, draft)
    rmSync(join(cache, suite), { recursive: true, force: true })
    renameSync(draft, join(cache, suite))
  } finally {
    rmSync(draft, { recursive: true, force: true })
    rmSync(state, { recursive: true, force: true })
  }
}

function unpack(suite: string, state: string, folder: string): void {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(state, name), { recursive: true })
  writeFileSync(join(state, 'status'), '')
  writeFileSync(join(state, 'sources.list'), `deb ${trustOf()}${mirrorOf()} ${suite} main\n`)
  const own = [
    `Dir::State=${state}`,
    `Dir::State::lists=${join(state, 'lists')}`,
    `Dir::State::status=${join(state, 'status')}`,
    `Dir::Cache=${join(state, 'cache')}`,
    `Dir::Etc::sourcelist=${join(state, 'sources.list')}`,
    'Dir::Etc::sourceparts=-',
    'Dir::Etc::preferencesparts=-',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
  run('apt-get', [...own, 'update'], state)
  run('apt-get', [...own, 'download', 'nats-server'], state)
  const deb = readdirSync(state).find((name) => name.endsWith('.deb'))
  if (deb === undefined) throw new Error(`Debian ${suite} has no package nats-server.`)
  run('dpkg', ['-x', join(state, deb), folder], state)
}

/** The Debian mirror that this machine is configured to use. */
function mirrorOf(): string {
  const format = '$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)'
  const targets = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], '/')
  const rows = targets.split('\n').map((line) => line.split('|'))
  const row = rows.find(
    ([origin, part, release = '-']) => origin === 'Debian' && part === 'main' && !release.includes('-'),
  )
  if (row?.[3] !== undefined) return row[3]
  throw new Error(
    'This machine has no Debian mirror: give the paths of two servers in OXO_NATS_SERVER and OXO_NATS_SERVER_RACING.',
  )
}

function trustOf(): string {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  return existsSync(keyring) ? `[signed-by=${keyring}] ` : ''
}

function run(program: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program} ${args.at(-1)} failed, so nats-server could not be fetched: ${error?.message ?? stderr}`)
}

if (import.meta.main)
  try {
    for (const program of findOrInstallNatsServers()) console.log(program)
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exitCode = 1
  }
