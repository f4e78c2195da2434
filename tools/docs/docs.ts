/** Writes the generated tables of the documents from the source. `--check` writes nothing, and fails if one is outdated. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceBetween } from './markdown.ts'
import { checkTable } from './grading.ts'
import { flagTable } from './flags.ts'
import { limitTable, metricTable, permissionBlock, priceTable, wireLimitTable } from './operating.ts'
import { errorTable, eventTable, methodTables, notificationTables, textTable, typeTables } from './reference.ts'

const root = join(import.meta.dirname, '../..')

/** For each document and marker: the function that makes the text. */
const documents: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/PROTOCOL.md': {
    text: textTable,
    limits: wireLimitTable,
    methods: methodTables,
    notifications: notificationTables,
    types: typeTables,
    events: eventTable,
    errors: errorTable,
  },
  'docs/OPERATING.md': {
    flags: flagTable,
    limits: limitTable,
    metrics: metricTable,
    prices: priceTable,
    permissions: permissionBlock,
  },
  'docs/HOMEWORK.md': { checks: checkTable },
}

const check = process.argv.includes('--check')
const stale = Object.entries(documents).filter(([path, parts]) => {
  const old = readFileSync(join(root, path), 'utf8')
  const fresh = Object.entries(parts).reduce((text, [name, make]) => fill(text, name, make()), old)
  if (fresh !== old && !check) writeFileSync(join(root, path), fresh)
  return fresh !== old
})
const names = stale.map(([path]) => path).join(' and ')
if (check && stale.length > 0) {
  console.error(`Out of date with the source: ${names}. Run \`npm run docs\` and commit the result.`)
  process.exitCode = 1
} else console.log(stale.length === 0 ? 'The documents are up to date.' : `Wrote ${names}.`)

/** Returns the document with `body` between the markers of `name`. */
function fill(text: string, name: string, body: string): string {
  return replaceBetween(text, [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`], body.trim())
}
