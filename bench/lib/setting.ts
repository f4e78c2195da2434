/** The settings that all measurements of one run share. */
import type { Machine } from './machine.ts'

export interface Setting {
  readonly machine: Machine
  /** How often each measurement is taken; the rounds are interleaved. */
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Shorter, and without measurements that need long preparation. */
  readonly isQuick: boolean
  /** Reports progress. */
  readonly log: (text: string) => void
}
