/** All fuzz targets. */
import { protocolTargets } from '../targets/protocols.ts'
import { journalTarget } from '../targets/journal.ts'
import { recordTarget } from '../targets/record.ts'
import { tokenTarget } from '../targets/token.ts'
import type { Target } from './target.ts'

export const targets: readonly Target[] = [...protocolTargets, tokenTarget, journalTarget, recordTarget]
