// Builds dist/ after `npm ci` in a checkout; without the development dependencies there is nothing to build with.
'use strict'
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
if (existsSync(compiler)) {
  const { status } = spawnSync(process.execPath, [compiler, '--build', 'src/cli'], { cwd: root, stdio: 'inherit' })
  process.exitCode = status === null ? 1 : status
} else if (!existsSync(join(root, 'dist'))) {
  console.error('dist/ is not built, for the development dependencies are left out: run `npm ci && npm run build`.')
}
