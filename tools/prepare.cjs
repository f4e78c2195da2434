// Builds dist/ after `npm ci` in a checkout; without the development dependencies there is nothing to build with.
'use strict'
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
if (existsSync(compiler)) {
  process.exitCode = run([compiler, '--build', 'src/cli', 'src/testing']) || (isNew() ? bundle() : 0)
} else if (!existsSync(join(root, 'dist'))) {
  console.error('dist/ is not built, for the development dependencies are left out: run `npm ci && npm run build`.')
}

function bundle() {
  return run([join(__dirname, 'build/program.ts')]) || run([join(__dirname, 'build/pages.ts')])
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  return status === null ? 1 : status
}

// Where the project's own Node could not be installed, an older one may build the package, but not run TypeScript.
function isNew() {
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24
  if (!isNewEnough)
    console.error('Neither the program nor its pages are built: that needs Node 24 or newer. See `npm run build`.')
  return isNewEnough
}
