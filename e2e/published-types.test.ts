/** The published types, used in a project for browsers. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runToEnd } from './lib/program.ts'

const root = join(import.meta.dirname, '..')
const example =
  /^## Write a client\n+```ts\n(.*?)^```$/ms.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''

/** The messages of the compiler about `code`, including library types. */
async function check(code: string): Promise<string> {
  // Inside the repository, so that `oxo` resolves to this package.
  mkdirSync(join(root, 'coverage'), { recursive: true })
  using folder = mkdtempDisposableSync(join(root, 'coverage', 'types-'))
  const options = { target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['ES2022', 'DOM'] }
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, types: [] }
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, ...strict } }))
  writeFileSync(join(folder.path, 'client.ts'), code)
  const { stdout, stderr } = await runToEnd([join(root, 'node_modules/.bin/tsc'), '-p', folder.path])
  return `${stdout}${stderr}`
}

test('[C23] the example of the README compiles for ES2022 and browsers, and so does the client', async () => {
  assert.match(example, /from 'oxo'/)
  assert.equal(await check(example), '')
  assert.equal(await check("import { presets } from 'oxo/game'\nvoid presets\n"), '')
  assert.match(await check(example.replace('game.myTurn', 'game.hisTurn')), /error TS\d+: .*hisTurn/)
})
