/** Each report says the same of a grade, and nothing that a submission says becomes markup, a formula or a control sequence. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradingChecks } from '../checks/index.ts'
import { exampleGrade, hostileAnswer, impossibleGrade } from '../testing/example-grade.ts'
import { writeCsvReport } from './csv.ts'
import { showBytes } from './bytes.ts'
import { drawEvidence } from './diagram.ts'
import { writeClassroomReport } from './classroom.ts'
import { writeGradescopeReport } from './gradescope.ts'
import { writeHtmlReport } from './html.ts'
import { writeJsonReport } from './json.ts'
import { writeJunitReport } from './junit.ts'
import { writeTextReport } from './text.ts'

/** Nothing that moves the cursor or turns the direction of text. */
function assertReadable(text: string): void {
  for (const sign of ['\u001B', '\u202E']) assert.ok(!text.includes(sign))
}

test('no report repeats markup or control characters of a submission', () => {
  const [html, junit] = [writeHtmlReport(exampleGrade), writeJunitReport(exampleGrade)]
  for (const markup of [html, junit]) {
    assert.doesNotMatch(markup, /<(?:script|img)/)
    assertReadable(markup)
  }
  assertReadable(writeTextReport(exampleGrade, false))
})

test('a page has the evidence as text or hex, and an arrow for each message', () => {
  const html = writeHtmlReport(exampleGrade)
  assert.match(html, /"MOVE X 1 1\\n"<\/code><code class="hex">4d 4f 56 45/)
  assert.match(
    html,
    new RegExp(
      Buffer.from(hostileAnswer)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 '),
    ),
  )
  assert.equal(html.match(/class="arrow"/g)?.length, 3)
  assert.equal(html.match(/class="cross"/g)?.length, 1)
  assert.match(html, /The network was not cut off: there is no &lt;unshare&gt;\./)
  assert.doesNotMatch(html, /https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
})

test('a diagram shows the last exchanges and says how many it omits', () => {
  const exchanges = Array.from({ length: 40 }, (_, index) => ({
    atMs: index,
    connection: `${index % 10}`,
    what: 'sent' as const,
    bytes: new Uint8Array(300).fill(65),
  }))
  const diagram = drawEvidence(exchanges, 'server')
  assert.equal(diagram?.omitted, 24)
  assert.equal(drawEvidence([], 'server'), null)
  assert.match(drawEvidence(exchanges, 'client')?.svg ?? '', />client</)
})

test('Gradescope gets the points, and a status only for a check that was made', () => {
  const { score, tests, output } = JSON.parse(writeGradescopeReport(exampleGrade))
  assert.equal(score, 10)
  assert.match(output, /network/)
  assert.deepEqual(
    tests.map(({ number, score: earned, max_score: most, status }: Record<string, unknown>) => [
      number,
      earned,
      most,
      status,
    ]),
    [
      ['1.1', 10, 10, 'passed'],
      ['2.1', 0, 2, 'failed'],
      ['2.2', 0, 0, undefined],
    ],
  )
  assert.match(JSON.parse(writeGradescopeReport(impossibleGrade)).output, /could not be graded: the server did not/)
})

test('GitHub Classroom gets the points of the checks that were made, and learns that it could not be graded', () => {
  const { status, max_score: most, tests } = JSON.parse(writeClassroomReport(exampleGrade))
  assert.deepEqual([status, most], ['fail', 12])
  assert.deepEqual(
    tests.map(({ status: each, score }: Record<string, unknown>) => [each, score]),
    [
      ['pass', 10],
      ['fail', 0],
    ],
  )
  const impossible = JSON.parse(writeClassroomReport(impossibleGrade))
  assert.deepEqual([impossible.status, impossible.max_score, impossible.tests.length], ['error', 1, 1])
  assert.match(impossible.tests[0].message, /^the server did not start/)
})

test('JUnit counts failures and checks that were not made; what cannot be graded is an error', () => {
  assert.match(
    writeJunitReport(exampleGrade),
    /name="It checks each move" tests="2" failures="1" errors="0" skipped="1"/,
  )
  assert.match(
    writeJunitReport(impossibleGrade),
    /tests="1" failures="0" errors="1".*message="the server[^"]*&#10;Trace/s,
  )
})

test('a row of a table has a field for each check, and no formula', () => {
  const table = writeCsvReport([
    { folder: 'a, b', grade: exampleGrade },
    { folder: 'c', grade: impossibleGrade },
  ])
  const [head = '', first = '', second = '', end] = table.split('\r\n')
  assert.equal(head.split(',').length, 6 + gradingChecks.length)
  assert.ok(first.startsWith(`"'=<img`), first)
  assert.match(first, /,"a, b",10,12,83,fewer points,10,,,,0,,/)
  assert.match(second, /^Nobody,c,0,0,0,not graded,+$/)
  assert.equal(end, '')
})

test('JSON has every byte, and the notes', () => {
  const { checks, notes } = JSON.parse(writeJsonReport(exampleGrade))
  assert.equal(checks[1].evidence[3].hex, Buffer.from(hostileAnswer).toString('hex'))
  assert.equal(notes.length, 1)
})

test('bytes are shown as text if all of them are text, also after a cut', () => {
  assert.equal(showBytes(Buffer.from('{"a":"\\\n"}')), String.raw`"{"a":"\\\n"}"`)
  assert.equal(showBytes(Buffer.from([0xff, 0x41])), 'ff 41')
  assert.equal(showBytes(Buffer.from('aüü'), 4), '"aü"… (5 bytes)')
})
