/** What all measurements of one run share. */
import type { Machine } from './machine.ts'

export interface Setting {
  readonly machine: Machine
  /** Each measurement is taken so often; the rounds are interleaved. */
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Shorter, and without what needs long preparation. */
  readonly isQuick: boolean
  /** Says what is being done. */
  readonly say: (what: string) => void
}
