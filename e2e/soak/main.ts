/** `npm run soak -- [--minutes N] [--seed N]`: 30 minutes by default; exits with 1 if an invariant was violated. */
import { parseArgs } from 'node:util'
import { recordFinding } from '../lib/record.ts'
import { describeSoak, soak } from './soak.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1952' } },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('npm run soak -- [--minutes N] [--seed N]')
console.log(`Soaking for ${minutes} minutes, seed ${seed}.`)
const report = await soak({ seconds: minutes * 60, seed })
console.log(describeSoak(report))
for (const violation of report.violations) console.log(violation)
console.log(report.violations.length === 0 ? 'Nothing was violated.' : `${report.violations.length} violations`)
recordFinding('soak', {
  figure: `${minutes} minutes: ${describeSoak(report)}; ${report.violations.length} violations`,
  command: `npm run soak -- --minutes ${minutes}`,
})
process.exitCode = report.violations.length === 0 ? 0 : 1
