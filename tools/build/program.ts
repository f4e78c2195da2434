/**
 * Builds dist/cli: the `oxo` command in a few files that include all libraries, so that the package depends on none of them.
 * Node starts it in a third of the time that the hundreds of source files take.
 */
import { writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite'
import { writeDescriptionSchema } from '../../src/grading/index.ts'

const root = join(import.meta.dirname, '../..')
const output = join(root, 'dist/cli')

/** Worker threads, and a process. Each is a file beside the program, where the program looks for it. */
const threads = {
  'journal-worker': 'src/journal/sqlite/journal-worker.ts',
  'inspector-worker': 'src/journal/sqlite/inspector-worker.ts',
  'catalog-worker': 'src/service/sqlite/catalog-worker.ts',
  'subscription-worker': 'src/service/sqlite/subscription-worker.ts',
  'bot-worker': 'src/server/bot-worker.ts',
  'picture-worker': 'src/gateway/picture/picture-worker.ts',
  cleaner: 'src/cli/demo/cleaner.ts',
}

const marker = '\0builtin:'

/**
 * Gets Node's modules by `process.getBuiltinModule` instead of an import. An import reads all exports of a module, and two
 * exports of `node:http` load `fetch` and HTTP/2, which takes longer than everything else in a server's start.
 */
const builtins: Plugin = {
  name: 'builtins',
  enforce: 'pre',
  resolveId: (id) => (isBuiltin(id) && id !== 'node:module' ? `${marker}${id.replace(/^node:/, '')}` : null),
  load: (id) =>
    id.startsWith(marker)
      ? `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${id.slice(marker.length)}`)})`
      : null,
}

function configOf(input: Readonly<Record<string, string>>, files: Rolldown.OutputOptions): InlineConfig {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    plugins: [builtins],
    ssr: { noExternal: true },
    // React has a development build and a production build.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      ssr: true,
      outDir: output,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { ...input },
        // The package contains the sources, so the maps only name them.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', sourcemapExcludeSources: true, ...files },
      },
    },
  }
}

const together = {
  codeSplitting: {
    groups: [
      { name: 'builtins', test: (id: string) => id.startsWith(marker) },
      // The code that many commands share is small; a file for each piece would slow down every start.
      { name: 'common', minShareCount: 4 },
    ],
  },
}
const program = configOf({ main: 'src/cli/main.ts' }, together)
await build({ ...program, build: { ...program.build, emptyOutDir: true, license: { fileName: 'licenses.md' } } })
for (const [name, file] of Object.entries(threads)) await build(configOf({ [name]: file }, { codeSplitting: false }))
// For editors: the first line of a description that `oxo grade --init` writes names this file.
writeFileSync(join(root, 'dist/homework.schema.json'), writeDescriptionSchema())
