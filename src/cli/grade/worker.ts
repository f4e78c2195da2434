import { resolve } from 'node:path'

/** A command that is not for people: grades one submission inside the sandbox. */
export const workerName = 'grade-worker'

/** This program again, as a worker. */
export const gradingWorker = (): readonly string[] => [process.execPath, resolve(process.argv[1] ?? ''), workerName]
