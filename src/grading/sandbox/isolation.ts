/** How a submission is shut in: a network of its own and processes of its own where the system can, and limits everywhere. */
import { spawnSync } from 'node:child_process'

export interface Isolation {
  /** The program and the arguments that come before a command. */
  readonly prefix: readonly string[]
  /** Whether there is a network of its own, so that the same port can be used by others. */
  readonly hasOwnNetwork: boolean
  /** Whether the command is the first process of its own list, with which all others end; the program before it waits for that. */
  readonly hasOwnProcesses: boolean
  /** What could not be done, as sentences. */
  readonly notes: readonly string[]
}

/** No isolation and no limits. */
export const noIsolation: Isolation = {
  prefix: [],
  hasOwnNetwork: false,
  hasOwnProcesses: false,
  notes: ['It ran without the sandbox, as --no-sandbox asks.'],
}

const ownNetwork = ['unshare', '--user', '--map-root-user', '--net']
/** The end of the first process then ends all others, whatever they did to escape. */
const ownProcesses = [...ownNetwork, '--pid', '--fork', '--kill-child', '--mount-proc']

/**
 * A new network has only the loopback interface, and it is down. A route to anywhere, which leads nowhere, lets a server find its
 * own address as many do: by a UDP socket that is connected to some address outside.
 */
const bringUp = 'PATH=$PATH:/usr/sbin:/sbin; ip link set lo up || exit 9; ip route add default dev lo 2>/dev/null'
/** No core files; files of at most 100 MiB (in blocks of 512 bytes); 4,096 open files. A lower limit of the system stays. */
const limits = 'ulimit -c 0; ulimit -f 204800; ulimit -n 4096'
/** Processes and threads. Outside a user namespace all processes of the user would count. */
const processLimit = 'ulimit -u 1024 || ulimit -p 1024'

const shell = (script: string): readonly string[] => ['/bin/sh', '-c', `${script}\nexec "$@"`, 'sh']
const quiet = (script: string): string => `{ ${script}; } 2>/dev/null`

const inNamespace = (namespace: readonly string[]): readonly string[] => [
  ...namespace,
  '--',
  ...shell([bringUp, quiet(limits), quiet(processLimit)].join('\n')),
]

let found: Isolation | null = null

/** Tries what this system can, once. */
export function findIsolation(): Isolation {
  return (found ??= tryIsolation())
}

/** Whether submissions in the sandbox can use the same port at the same time. */
export const hasOwnNetwork = (): boolean => findIsolation().hasOwnNetwork

function tryIsolation(): Isolation {
  const own = { hasOwnNetwork: true, hasOwnProcesses: true, notes: [] }
  if (attempt(ownProcesses) === null) return { ...own, prefix: inNamespace(ownProcesses) }
  const why = attempt(ownNetwork)
  if (why === null) return { ...own, prefix: inNamespace(ownNetwork), hasOwnProcesses: false }
  return { ...noIsolation, prefix: shell(quiet(limits)), notes: [`The network was not cut off: ${why}.`] }
}

/** Returns why it does not work; null if it does. */
function attempt(namespace: readonly string[]): string | null {
  const [program = '', ...args]: readonly string[] = [...inNamespace(namespace), 'true']
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 })
  if (error !== undefined) return 'there is no program `unshare`, or it does not run'
  if (status === 0) return null
  return stderr.trim().split('\n')[0] || `unshare ended with exit code ${status}`
}
