/** The errors that end an export or an import. */
import type { GameId, Version } from '../journal.ts'

/**
 * damaged: a line was changed, lost or moved. cut-short: the file has no end line. unknown-format: the file is not an export, or
 * has a newer format. other-journal: the file is an export of another journal. conflict: the journal has another history of a
 * game.
 */
export type ExportFaultName = 'damaged' | 'cut-short' | 'unknown-format' | 'other-journal' | 'conflict'

export interface FaultPlace {
  /** The line of the file, counted from 1. */
  readonly line?: number
  readonly game?: GameId
  readonly version?: Version
}

export class ExportFault extends Error {
  override readonly name = 'ExportFault'
  readonly fault: ExportFaultName
  readonly place: FaultPlace

  constructor(fault: ExportFaultName, message: string, place: FaultPlace = {}) {
    super(message)
    this.fault = fault
    this.place = place
  }
}
