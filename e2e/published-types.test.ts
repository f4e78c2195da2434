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

test('[C23] the example of the README and the types of every entry compile for ES2022 and browsers', async () => {
  assert.match(example, /from 'oxo'/)
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly exports: object }
  const entries = Object.keys(exports).filter((entry) => entry !== './package.json')
  assert.ok(entries.includes('./testing'))
  const imports = entries.map((entry, index) => `export * as part${index} from '${entry.replace('.', 'oxo')}'\n`)
  assert.equal(await check(`${imports.join('')}${example}`), '')
  assert.match(await check(example.replace('game.myTurn', 'game.hisTurn')), /error TS\d+: .*hisTurn/)
})
