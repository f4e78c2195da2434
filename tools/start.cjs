// `npm start` and `npm run oxo`: runs the built program, and builds it first if the sources are newer.
'use strict'
const { spawnSync } = require('node:child_process')
const { readdirSync, statSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')

if (newestOf('src') > timeOf('dist/cli/main.js')) build()
void import('../bin/oxo.js')

function build() {
  console.error('The sources are newer than the build: building.')
  // The program is built last: its modification time means that everything is built.
  for (const tool of ['build/pages.ts', 'build/program.ts']) {
    const { status } = spawnSync(process.execPath, [join(__dirname, tool)], { stdio: ['ignore', 2, 2] })
    if (status !== 0) process.exit(1)
  }
}

/** The newest time of a file in `folder`, in ms since 1970. */
function newestOf(folder) {
  const times = readdirSync(join(root, folder), { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return newestOf(path)
    return entry.name.endsWith('.test.ts') ? 0 : timeOf(path)
  })
  return Math.max(0, ...times)
}

function timeOf(file) {
  const found = statSync(join(root, file), { throwIfNoEntry: false })
  return found === undefined ? 0 : found.mtimeMs
}
