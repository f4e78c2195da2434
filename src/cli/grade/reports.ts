/** The reports of one submission as files. */
import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import {
  type Grade,
  writeClassroomReport,
  writeCsvReport,
  writeGradescopeReport,
  writeHtmlReport,
  writeJsonReport,
  writeJunitReport,
} from '../../grading/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { Stop } from '../../server/stop.ts'

const writers = {
  json: (grade: Grade) => writeJsonReport(grade),
  html: (grade: Grade) => writeHtmlReport(grade),
  gradescope: (grade: Grade) => writeGradescopeReport(grade),
  classroom: (grade: Grade) => writeClassroomReport(grade),
  junit: (grade: Grade) => writeJunitReport(grade),
  csv: (grade: Grade, folder: string) => writeCsvReport([{ folder, grade }]),
} as const

/** The files by the option that names them. `json` may be `-`, for standard output. */
export type ReportFiles = { readonly [Option in keyof typeof writers]?: string | undefined }

export function writeReports(files: ReportFiles, grade: Grade, folder: string): void {
  for (const [option, write] of Object.entries(writers)) {
    const file = files[option as keyof ReportFiles]
    if (file !== undefined && file !== '-') writeReportFile(file, write(grade, folder))
  }
}

/** A grade takes half a minute: a file that cannot be written is reported before. @throws Stop */
export function checkReportFiles(files: readonly (string | undefined)[]): void {
  for (const file of files)
    if (file !== undefined && file !== '-')
      withFile(file, () => {
        const isNew = !existsSync(file)
        closeSync(openSync(file, 'a'))
        if (isNew) unlinkSync(file)
      })
}

export function writeReportFile(file: string, text: string): void {
  withFile(file, () => writeFileSync(file, text))
}

/** @throws Stop if the system refuses. */
export function withFile(file: string, act: () => void): void {
  try {
    act()
  } catch (cause) {
    throw new Stop('usage', stopOfFile(file, cause).message, { cause })
  }
}
