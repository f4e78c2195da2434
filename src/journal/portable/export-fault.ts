/** Why an export or an import cannot go on. */
import type { GameId, Version } from '../journal.ts'

/**
 * damaged: a line is not what was written. cut-short: the file ends before its end line. unknown-format: no export, or
 * a newer one. other-journal: the file is of another journal than the one that should continue it. conflict: the
 * journal has another history of a game.
 */
export type ExportFaultName = 'damaged' | 'cut-short' | 'unknown-format' | 'other-journal' | 'conflict'

export interface FaultPlace {
  /** The line of the file, from 1. */
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
