/** The nats-server that a machine has. It is no part of the package. */
import { spawnSync } from 'node:child_process'
import { Stop } from '../../server/stop.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Names the program; a path that a shell would take. */
export const natsServerVariable = 'OXO_NATS_SERVER'

/** The one in the path, if it is new enough and OXO_NATS_SERVER is not set; otherwise null. */
export function findNatsServerOnPath(env: Environment = process.env): string | null {
  if (env[natsServerVariable] !== undefined) return null
  return isNewEnough('nats-server', env) ? 'nats-server' : null
}

/** The one that OXO_NATS_SERVER names, or the one in the path. @throws Stop that says what to install */
export function requireNatsServer(env: Environment = process.env): string {
  const program = env[natsServerVariable] ?? 'nats-server'
  if (isNewEnough(program, env)) return program
  throw new Stop(
    'failed',
    `The demonstration runs three NATS servers, and ${program} is missing or older than 2.12: install nats-server 2.12 or ` +
      `newer (https://nats.io/download, one file) and put it on the path, or name it in ${natsServerVariable}.`,
  )
}

function isNewEnough(program: string, env: Environment): boolean {
  const { stdout, error } = spawnSync(program, ['--version'], { encoding: 'utf8', env })
  const [, major = '0', minor = '0'] = error === undefined ? (/v(\d+)\.(\d+)/.exec(stdout) ?? []) : []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 12)
}
