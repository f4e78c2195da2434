/** The process that grades one submission for another process, inside the sandbox. */
import { spawnSync } from 'node:child_process'
import { isIPv4 } from 'node:net'
import { gradeClient } from '../client/grade-client.ts'
import type { Description } from '../description/description.ts'
import { type CheckResult, type Grade, gradeSubmission } from '../grade.ts'
import { loadOwnChecks } from '../own/load.ts'
import { killMarked } from '../submission/processes.ts'

/** The variable that marks the worker and all that it starts. */
export const sandboxMark = 'OXO_GRADING'

export interface GradingJob {
  readonly description: Description
  readonly folder: string
  /** Whether the client is graded instead of the server. */
  readonly isClient: boolean
  readonly seed: number
  readonly only: readonly string[] | null
  readonly isThorough: boolean
  /** The module with the checks of a teacher; null if there is none. */
  readonly ownChecks: string | null
  /** Whether it has a network of its own, to which addresses can be added. */
  readonly hasOwnNetwork: boolean
}

const setsAddresses = 'ip'
/** Gives the network of the sandbox an address that is written into the source of a server. Does nothing elsewhere. */
function addAddress(host: string): void {
  if (isIPv4(host) && !host.startsWith('127.'))
    spawnSync(setsAddresses, ['address', 'add', `${host}/32`, 'dev', 'lo'], {
      env: { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' },
    })
}

export type WorkerMessage =
  | { readonly type: 'result'; readonly result: CheckResult; readonly done: number; readonly all: number }
  | { readonly type: 'grade'; readonly grade: Grade }

/** Waits for one job on the channel to the process that started this one, and ends with that process. */
export function runGradingWorker(): void {
  delete process.env['NODE_DISABLE_COMPILE_CACHE']
  process.once('message', (job: GradingJob) => void work(job))
  process.once('disconnect', () => {
    killMarked(sandboxMark, process.env[sandboxMark] ?? '', process.pid)
    process.exit()
  })
}

async function work({ description, isClient, only, ownChecks, hasOwnNetwork, ...options }: GradingJob): Promise<void> {
  if (hasOwnNetwork && description.address !== null) addAddress(description.address)
  const send = (message: WorkerMessage): void => void process.send?.(message)
  const grade = await (isClient ? gradeClient : gradeSubmission)(description, {
    ...options,
    ...(only !== null && { only }),
    ...(ownChecks !== null && { own: await loadOwnChecks(ownChecks) }),
    onResult: (result, done, all) => send({ type: 'result', result, done, all }),
  })
  send({ type: 'grade', grade })
}
