/** The types of the package as it is published, in the project of somebody who writes for a browser. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from './lib/program.ts'

const root = join(import.meta.dirname, '..')
const example =
  /^## Write a client\n+```ts\n(.*?)^```$/ms.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''

/** What the compiler says to `code`, types of libraries included. */
async function check(code: string): Promise<string> {
  // Inside the checkout, so that `oxo` is this package.
  mkdirSync(join(root, 'coverage'), { recursive: true })
  using folder = mkdtempDisposableSync(join(root, 'coverage', 'types-'))
  const options = { target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['ES2022', 'DOM'] }
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, types: [] }
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, ...strict } }))
  writeFileSync(join(folder.path, 'client.ts'), code)
  const { stdout, stderr } = await run([join(root, 'node_modules/.bin/tsc'), '-p', folder.path])
  return `${stdout}${stderr}`
}

test('[C23] the example of README is sound for a browser that knows nothing newer than ES2022, and so is the client', async () => {
  assert.match(example, /from 'oxo'/)
  assert.equal(await check(example), '')
  assert.equal(await check("import { presets } from 'oxo/game'\nvoid presets\n"), '')
  assert.match(await check(example.replace('game.myTurn', 'game.hisTurn')), /error TS\d+: .*hisTurn/)
})
