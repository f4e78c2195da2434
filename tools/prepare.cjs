// Builds dist/ after `npm ci` in a checkout. Without the development dependencies there is no compiler.
'use strict'
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
if (existsSync(compiler)) {
  process.exitCode = run([compiler, '--build', 'src/cli', 'src/testing']) || (isNew() ? bundle() : 0)
} else if (!existsSync(join(root, 'dist'))) {
  console.error('dist/ was not built because the development dependencies are missing: run `npm ci && npm run build`.')
}

function bundle() {
  return run([join(__dirname, 'build/program.ts')]) || run([join(__dirname, 'build/pages.ts')])
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  return status === null ? 1 : status
}

// If the project's own Node could not be installed: an older one can build the package, but not run TypeScript.
function isNew() {
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24
  if (!isNewEnough)
    console.error('The program and its pages were not built: install Node 24 or newer, then run `npm run build`.')
  return isNewEnough
}
