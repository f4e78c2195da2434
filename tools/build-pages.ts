/** Builds dist/web: the pages for browsers, each file also as `.br` and `.gz`. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, type InlineConfig } from 'vite'
import { inlineEntry } from './inline-entry.ts'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src/web')
const output = join(root, 'dist/web')

/** What is common to the page and to the threads beside it. */
const shared: InlineConfig = {
  configFile: false,
  root: source,
  logLevel: 'warn',
  resolve: {
    alias: { 'typebox/compile': join(source, 'worker/check.ts') },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
}

await build({
  ...shared,
  build: {
    outDir: output,
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    // Small enough that a second request costs more than the bytes.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
await build({
  ...shared,
  publicDir: false,
  build: {
    outDir: output,
    emptyOutDir: false,
    target: 'es2023',
    reportCompressedSize: false,
    rolldownOptions: {
      input: join(source, 'worker/offline.ts'),
      output: { format: 'es', entryFileNames: 'sw.js' },
    },
  },
})
inlineEntry(output)
listForOffline()
compress()

/** The service worker keeps what this build made, and is another one when that is. */
function listForOffline(): void {
  const kept = files().filter((file) => file !== 'sw.js' && !file.endsWith('.png'))
  const release = createHash('sha256')
  for (const file of kept) release.update(file).update(readFileSync(join(output, file)))
  const addresses = kept.map((file) => (file === 'index.html' ? '/' : `/${file}`))
  const path = join(output, 'sw.js')
  const text = readFileSync(path, 'utf8')
    .replace('"__RELEASE__"', JSON.stringify(release.digest('hex').slice(0, 12)))
    .replace('"__FILES__"', JSON.stringify(JSON.stringify(addresses)))
  writeFileSync(path, text)
}

function compress(): void {
  for (const file of files().filter((name) => /\.(?:html|js|css|svg|webmanifest)$/.test(name))) {
    const path = join(output, file)
    const bytes = readFileSync(path)
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    )
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

/** Relative to the output, in order. */
function files(): readonly string[] {
  return readdirSync(output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(output.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted()
}
