/** Builds dist/web: the pages for browsers, each file also as `.br` and `.gz`. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, type InlineConfig, type Plugin } from 'vite'
import { inlineEntry } from './inline-entry.ts'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'src/web')
const output = join(root, 'dist/web')
const embeddedFolder = 'assets/embed'

/** Replaces Vite's preload helper, 3 kB that prefetch styles: here all style is in the page. */
const plainImport: Plugin = {
  name: 'plain-import',
  enforce: 'pre',
  load: (id) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load()' : null),
}

/** The options that the page and its worker threads share. */
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
  plugins: [plainImport],
  build: {
    outDir: output,
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    // Later parts are few and small: prefetching their imports costs more than it saves.
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      // The entry and all its imports are one file, even if other parts import some of it.
      output: {
        // The first page contains every file name, and digests do not compress.
        chunkFileNames: 'assets/[name]-[hash:6].js',
        codeSplitting: { groups: [{ name: 'first', test: /src\/web\/main\.tsx$/ }] },
      },
    },
  },
})
inlineEntry(output)
await build({
  ...shared,
  plugins: [plainImport],
  publicDir: false,
  build: {
    outDir: output,
    emptyOutDir: false,
    target: 'es2023',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: join(source, 'embed.html'),
      output: {
        entryFileNames: `${embeddedFolder}/[name]-[hash:6].js`,
        chunkFileNames: `${embeddedFolder}/[name]-[hash:6].js`,
        assetFileNames: `${embeddedFolder}/[name]-[hash:6][extname]`,
      },
    },
  },
})
await build({
  ...shared,
  publicDir: false,
  define: listForOffline(),
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
compress()

/** The files of the page for frames of other sites. Its visitors need no other page, and other visitors do not need it. */
function isEmbedded(file: string): boolean {
  return file === 'embed.html' || file.startsWith(`${embeddedFolder}/`)
}

/** The files that the service worker caches, with their digests. A changed file changes the service worker. */
function listForOffline(): Readonly<Record<string, string>> {
  const kept = files().filter((file) => !file.endsWith('.png') && !isEmbedded(file))
  const digests = kept.map((file) => [
    file === 'index.html' ? '/' : `/${file}`,
    createHash('sha256')
      .update(readFileSync(join(output, file)))
      .digest('base64'),
  ])
  const list = JSON.stringify(Object.fromEntries(digests))
  return {
    __RELEASE__: JSON.stringify(createHash('sha256').update(list).digest('hex').slice(0, 12)),
    __FILES__: list,
  }
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

/** The paths of all files, relative to the output, sorted. */
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
