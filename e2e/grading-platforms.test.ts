/** The autograder for Gradescope and the action for GitHub Classroom, run as those do: in their folders, with their variables. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parse } from 'yaml'
import { openScratch } from '../src/server/testing/scratch.ts'
import { homework } from './homework/submissions.ts'
import { program } from './lib/server-process.ts'

const deploy = join(import.meta.dirname, '../deploy')
const checks = '--check win-rows,taken-cell'
const python = join(homework, 'right/python-lines')

/** A folder for a platform, and a program `oxo` as its image has one. */
function makeFolder(t: TestContext): { readonly path: (name: string) => string; readonly env: NodeJS.ProcessEnv } {
  const scratch = openScratch()
  t.after(() => scratch[Symbol.dispose]())
  const bin = scratch.path('bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'oxo'), `#!/bin/sh\nexec ${process.execPath} ${resolve(program)} "$@"\n`)
  chmodSync(join(bin, 'oxo'), 0o755)
  return { path: (name) => scratch.path(name), env: { PATH: `${bin}:${process.env['PATH']}` } }
}

/** Runs the autograder on a submission in `submission/…`, with the given files beside it. */
function autograde(t: TestContext, at: string, files: Readonly<Record<string, string>>, edit = (text: string) => text) {
  const { path, env } = makeFolder(t)
  mkdirSync(path('results'))
  mkdirSync(path('source'))
  cpSync(python, join(path('submission'), at), { recursive: true })
  const description = join(path('submission'), at, 'homework.yaml')
  writeFileSync(description, edit(readFileSync(description, 'utf8')))
  for (const [name, text] of Object.entries({ options: checks, ...files }))
    writeFileSync(join(path('source'), name), text)
  const { status, stderr } = spawnSync(join(deploy, 'gradescope/run_autograder'), {
    env: { ...env, AUTOGRADER: path('.') },
    encoding: 'utf8',
  })
  const read = () => JSON.parse(readFileSync(path('results/results.json'), 'utf8'))
  return { status, stderr, read }
}

test('the autograder grades a submission with the points of the teacher', (t) => {
  const { status, stderr, read } = autograde(t, 'ada', { 'points.yaml': 'points: { win-rows: 8, taken-cell: 2 }' })
  assert.equal(status, 0, stderr)
  const { score, tests } = read()
  assert.equal(score, 10)
  assert.deepEqual(
    tests.map(({ status: each, score: earned, max_score: most }: Record<string, unknown>) => [each, earned, most]),
    [
      ['passed', 2, 2],
      ['passed', 8, 8],
    ],
  )
})

test('a course that prescribes the protocol needs no description in a submission', (t) => {
  const broken = () => 'name: [\n'
  const { status, read } = autograde(
    t,
    '.',
    { 'homework.yaml': readFileSync(join(python, 'homework.yaml'), 'utf8') },
    broken,
  )
  assert.deepEqual([status, read().score], [0, 6])
})

test('a submission with a wrong description has a result that says why', (t) => {
  const { status, read } = autograde(t, '.', {}, (text) => text.replace('framing', 'framming'))
  assert.equal(status, 0)
  assert.match(read().output, /^It could not be graded: homework\.yaml:\d+:1: there is no key `framming`/)
})

test('a mistake of the teacher leaves no result, so that Gradescope reports a failure of the autograder', (t) => {
  const { status, stderr } = autograde(t, '.', { 'points.yaml': 'points: { win-rowz: 8 }' })
  assert.equal(status, 1)
  assert.match(stderr, /points\.yaml:1:11: there is no check and no group win-rowz/)
})

test('the action grades a repository and hands the result to the reporter of GitHub Classroom', (t) => {
  const { path, env } = makeFolder(t)
  cpSync(python, path('repository'), { recursive: true })
  cpSync(join(deploy, 'github-classroom'), path('action'), { recursive: true })
  writeFileSync(join(path('action'), 'points.yaml'), 'points: { win-rows: 8 }')
  mkdirSync(path('temp'))
  const { runs, outputs } = parse(readFileSync(join(path('action'), 'action.yml'), 'utf8'))
  const step = runs.steps.find(({ id }: { readonly id?: string }) => id === 'grade')
  assert.match(outputs.result.value, /steps\.grade\.outputs\.result/)
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', step.run], {
    cwd: path('repository'),
    env: {
      ...env,
      DESCRIPTION: 'homework.yaml',
      OPTIONS: checks,
      GITHUB_ACTION_PATH: path('action'),
      GITHUB_OUTPUT: path('output'),
      GITHUB_STEP_SUMMARY: path('summary'),
      RUNNER_TEMP: path('temp'),
    },
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout + stderr)
  const [, encoded = ''] = /^result=(.*)\n$/.exec(readFileSync(path('output'), 'utf8')) ?? []
  const result = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
  assert.deepEqual([result.status, result.max_score, result.tests.length], ['pass', 10, 2])
  assert.match(readFileSync(path('summary'), 'utf8'), /10 of 10 points/)
  assert.match(readFileSync(join(path('temp'), 'grade.html'), 'utf8'), /Ada Lovelace/)
  const workflow = parse(readFileSync(join(path('action'), 'workflow.yml'), 'utf8'))
  const { steps } = workflow.jobs['run-autograding-tests']
  const [{ id }, reporter] = steps.slice(1)
  assert.deepEqual(reporter.env, { [`${id.toUpperCase()}_RESULTS`]: `\${{ steps.${id}.outputs.result }}` })
  assert.equal(reporter.with.runners, id)
})

test('the scripts have no mistake of syntax, and the image copies what exists', () => {
  for (const [shell, file] of [
    ['sh', 'gradescope/setup.sh'],
    ['sh', 'gradescope/run_autograder'],
    ['bash', 'github-classroom/grade.sh'],
  ] as const)
    assert.equal(spawnSync(shell, ['-n', join(deploy, file)], { encoding: 'utf8' }).stderr, '')
  const image = readFileSync(join(deploy, 'gradescope/Dockerfile'), 'utf8')
  for (const [, name = ''] of image.matchAll(/\/autograder\/source\/(\w[\w.]*)/g))
    assert.ok(readFileSync(join(deploy, 'gradescope', name)).length > 0, name)
})
