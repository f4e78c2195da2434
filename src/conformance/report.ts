/** The results of `conform` for people, and as a file to publish. */
import type { Conformance, ConformanceResult } from './conform.ts'

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly notChecked: number
}

export function countResults(results: readonly ConformanceResult[]): Totals {
  const count = (outcome: ConformanceResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  return { passed: count('passed'), failed: count('failed'), notChecked: count('not checked') }
}

/** Two lines for a failure: what was checked, and what differs. */
export function describeFailedCheck({ id, title, rules, reason = '' }: ConformanceResult): string {
  const indented = reason.replaceAll('\n', '\n    ')
  return `FAILED ${id}: ${title} ${rules.map((rule) => `[${rule}]`).join(' ')}\n    ${indented}\n`
}

/** A line for each protocol, the reasons why something was not checked, and the verdict. */
export function summarize({ server, protocols, results }: Conformance): string {
  const rows = [...new Set(results.map(({ protocol }) => protocol))].map((protocol) => {
    const { passed, failed, notChecked } = countResults(results.filter((result) => result.protocol === protocol))
    return `${protocol.padEnd(12)}${String(passed).padStart(4)} passed ${String(failed).padStart(4)} failed ${String(notChecked).padStart(4)} not checked\n`
  })
  const reasons = new Set(results.flatMap(({ outcome, reason }) => (outcome === 'not checked' ? [reason ?? ''] : [])))
  const broken = [...new Set(results.flatMap(({ outcome, rules }) => (outcome === 'failed' ? rules : [])))]
  const { failed } = countResults(results)
  const verdict =
    failed === 0
      ? `${server} conforms over ${protocols.join(', ')}.\n`
      : `${server} does not conform. Look first at ${broken.slice(0, 5).join(', ')} in docs/SPEC.md.\n`
  return `${rows.join('')}${[...reasons].map((reason) => `not checked: ${reason}\n`).join('')}${verdict}`
}

/** `conformance.json`: its first four members are what shields.io reads for a badge. */
export function makeConformanceFile(conformance: Conformance, tool: string): object {
  const totals = countResults(conformance.results)
  const { passed, failed } = totals
  return {
    schemaVersion: 1,
    label: 'Oxo protocol 1',
    message: failed === 0 ? `conforms (${passed} checks)` : `${failed} of ${passed + failed} checks failed`,
    color: failed === 0 ? 'brightgreen' : 'red',
    tool,
    server: conformance.server,
    protocols: conformance.protocols,
    ...totals,
    results: conformance.results,
  }
}
