/** The published schema of a description accepts every description of the project, and refuses broken ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv, type AnySchemaObject } from 'ajv'
import { parse } from 'yaml'
import { writeDescriptionSchema } from '../../src/grading/index.ts'
import { listFiles, readText } from './tree.ts'

const schema = JSON.parse(writeDescriptionSchema()) as AnySchemaObject
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)
const right = readText('spec/homework/right/python-lines/homework.yaml')

test('the schema accepts every description', () => {
  const files = listFiles().filter((path) => /^spec\/homework\/.*homework\.yaml$/.test(path))
  assert.ok(files.length >= 14)
  for (const file of files) assert.ok(validate(parse(readText(file))), `${file}: ${JSON.stringify(validate.errors)}`)
})

const broken: readonly (readonly [what: string, find: string, replace: string])[] = [
  ['an unknown key', 'framing: line', 'framming: line'],
  ['an unknown framing', 'framing: line', 'framing: lines'],
  ['a framing with an unknown width', 'framing: line', 'framing: { length: u64 }'],
  ['an unknown way to connect', 'connect: shared', 'connect: both'],
  ['a port that is a word', '  command: python3 server.py {port}', '  command: python3 server.py\n  port: http'],
  ['a start without a command', '  command: python3 server.py {port}', '  port: 5000'],
  ['no move', "  move: 'MOVE {player} {row1} {col1}'\n", ''],
  ['no win', "  win: '^WIN (?<player>[XO])'\n", ''],
  ['a board of two kinds', "board: { cells: '[XO.]'", "board: { rows: '(.)(.)(.)', cells: '[XO.]'"],
  ['a number of answers that is negative', 'answers: { move: 1', 'answers: { move: -1'],
  ['negative points', 'new-game: reset', 'new-game: reset\npoints: { draws: -1 }'],
]
for (const [what, find, replace] of broken)
  test(`the schema refuses ${what}`, () => {
    assert.ok(right.includes(find), find)
    assert.equal(validate(parse(right.replace(find, () => replace))), false)
  })
