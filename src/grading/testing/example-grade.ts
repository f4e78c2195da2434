/** A grade with one check of each verdict and a hostile submission, for the tests of reports. */
import { type CheckResult, type Grade, gradeOf } from '../grade.ts'
import type { Exchange } from '../submission/evidence.ts'

/** A name that is markup, a formula and a quotation at once. */
export const hostileName = '=<img src=x onerror=alert(1)>&"\'</script>'
/** What a hostile server answers: markup, an escape sequence, a text direction. */
export const hostileAnswer = '<script>alert(1)</script>\u001B[2J\u202E'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const exchange = (atMs: number, connection: string, what: Exchange['what'], text = ''): Exchange => ({
  atMs,
  connection,
  what,
  bytes: bytes(text),
})

const evidence: readonly Exchange[] = [
  exchange(0, 'X', 'opened'),
  exchange(0.4, 'O', 'opened'),
  exchange(1, 'X', 'sent', 'MOVE X 1 1\n'),
  exchange(2, 'X', 'received', hostileAnswer),
  exchange(2.1, 'O', 'received', '{"board":["X","","","","","","","",""],"turn":"O"}\n'),
  exchange(3, '', 'note', 'a note of the <grader>'),
  exchange(130, 'O', 'closed'),
]

const base = { hint: 'Look <here>.', evidence: [], ms: 12.3 } as const

const checks: readonly CheckResult[] = [
  {
    ...base,
    id: 'board-after-each-move',
    group: 'board',
    title: 'The board is right',
    points: 10,
    verdict: 'passed',
  },
  {
    ...base,
    id: 'wrong-turn',
    group: 'moves',
    title: 'A wrong turn is an error',
    points: 2,
    verdict: 'failed',
    reason: `the answer was ${hostileAnswer}`,
    evidence,
  },
  {
    ...base,
    id: 'taken-cell',
    group: 'moves',
    title: 'A taken cell is an error',
    points: 2,
    verdict: 'not checked',
    reason: 'nothing is taken',
  },
]

export const exampleGrade: Grade = {
  ...gradeOf({ name: hostileName, seed: 1, checks, ms: 1_234 }),
  notes: ['The network was not cut off: there is no <unshare>.'],
}

export const impossibleGrade: Grade = gradeOf({
  name: 'Nobody',
  seed: 1,
  checks: [],
  impossible: 'the server did not start; it printed at the end:\nTraceback:\n    int("port")\n        ^^^^^^',
  ms: 5,
})
