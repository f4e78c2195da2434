/** The simulator as one HTML file that needs no server: `npm run sim -- --page FILE.html`. */
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { inlineEntry } from './inline-entry.ts'

/** @throws Error if the sources cannot be bundled or the file cannot be written. */
export async function buildSimPage(file: string): Promise<void> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-sim-page-'))
  await build({
    configFile: false,
    root: join(import.meta.dirname, '../../sim/page'),
    logLevel: 'warn',
    build: {
      outDir: folder.path,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
    },
  })
  inlineEntry(folder.path)
  writeFileSync(file, readFileSync(join(folder.path, 'index.html')))
}
