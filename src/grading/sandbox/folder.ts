/** The temporary copy of a submission, in which it runs, and how much of the disk it fills. */
import { chmodSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { CannotGrade } from '../submission/mistake.ts'

/** The size of a folder that is copied, in MiB. */
const copyMibMax = 500

export interface SubmissionCopy {
  /** Holds all of it. */
  readonly root: string
  /** The files of the submission. */
  readonly work: string
  readonly home: string
  readonly temporary: string
}

/** @throws CannotGrade if the folder is too large. */
export function copySubmission(folder: string): SubmissionCopy {
  if (filledMib(folder) > copyMibMax)
    throw new CannotGrade(
      `its folder has more than ${copyMibMax} MiB: put the submission into a folder of its own, or use --no-sandbox`,
    )
  const root = mkdtempSync(join(tmpdir(), 'oxo-grade-'))
  const copy = { root, work: join(root, 'work'), home: join(root, 'home'), temporary: join(root, 'tmp') }
  mkdirSync(copy.home)
  mkdirSync(copy.temporary)
  cpSync(folder, copy.work, { recursive: true, verbatimSymlinks: true, filter: isCopied })
  return copy
}

function isCopied(path: string): boolean {
  const file = lstatSync(path)
  return basename(path) !== '.git' && (file.isFile() || file.isDirectory() || file.isSymbolicLink())
}

/** Removes the copy, also what its submission has made unreadable. */
export function removeCopy({ root }: SubmissionCopy): void {
  try {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  } catch {
    allow(root)
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

function allow(folder: string): void {
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) allow(join(folder, entry.name))
}

/** The space that a folder takes on the disk, in MiB. What disappears meanwhile does not count. */
export function filledMib(folder: string): number {
  let blocks = 0
  const visit = (path: string): void => {
    try {
      const file = lstatSync(path)
      blocks += file.blocks
      if (file.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name))
    } catch {
      // It has been removed meanwhile, or nobody may read it.
    }
  }
  visit(folder)
  return blocks / 2_048
}
