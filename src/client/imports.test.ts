import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

/** Imports that survive type stripping: all but `import type` and `export type`. */
const runtimeImport = /^(?:import|export)(?! type\b)\s[^;'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm

/** Every module loaded with `entry`, and every import specifier in them that is not a file of this project. */
async function walk(entry: URL): Promise<{ readonly files: ReadonlySet<string>; readonly bare: readonly string[] }> {
  const files = new Set<string>()
  const bare: string[] = []
  const visit = async (file: URL): Promise<void> => {
    if (files.has(file.href)) return
    files.add(file.href)
    for (const match of (await readFile(file, 'utf8')).matchAll(runtimeImport)) {
      const specifier = match[1] ?? match[2] ?? match[3] ?? ''
      if (specifier.startsWith('.')) await visit(new URL(specifier, file))
      else bare.push(specifier)
    }
  }
  await visit(entry)
  return { files, bare }
}

test('[C23] the client loads only files of client, game, protocol and base', async () => {
  const { files, bare } = await walk(new URL('./index.ts', import.meta.url))
  assert.deepEqual(bare, [])
  assert.ok(files.size > 20, 'the walk found its way')
  const layers = new Set([...files].map((file) => /\/src\/(\w+)\//.exec(file)?.[1]))
  assert.deepEqual(layers, new Set(['base', 'client', 'game', 'protocol']))
})

test('[C23] the client for Node adds only node:net', async () => {
  assert.deepEqual((await walk(new URL('./node/index.ts', import.meta.url))).bare, ['node:net'])
})

test('the walk finds the dependencies of the schemas of the protocol', async () => {
  assert.ok((await walk(new URL('../protocol/schema/index.ts', import.meta.url))).bare.includes('typebox'))
})
