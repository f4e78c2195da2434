/**
 * Builds dist/cli: the `oxo` command in few files, all libraries included, so that the package depends on none. Node starts
 * it in a third of the time that the hundreds of files take from which it is made.
 */
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite'

const root = join(import.meta.dirname, '../..')
const output = join(root, 'dist/cli')

/** Each a file of its own beside the program, for that is where the program looks for it. */
const threads = {
  'journal-worker': 'src/journal/sqlite/journal-worker.ts',
  'inspector-worker': 'src/journal/sqlite/inspector-worker.ts',
  'catalog-worker': 'src/service/sqlite/catalog-worker.ts',
  'bot-worker': 'src/server/bot-worker.ts',
}

const marker = '\0builtin:'

/**
 * Asks Node for its modules instead of importing them: an import reads all that a module exports, and `node:http` exports
 * what loads `fetch` and HTTP/2, which takes longer than all else that a server needs to begin.
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
    // React has two of itself.
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
        // The package has the sources that a map names.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', sourcemapExcludeSources: true, ...files },
      },
    },
  }
}

const together = {
  codeSplitting: {
    groups: [
      { name: 'builtins', test: (id: string) => id.startsWith(marker) },
      // What many commands share is small; a file of its own for each piece would cost every start.
      { name: 'common', minShareCount: 4 },
    ],
  },
}
const program = configOf({ main: 'src/cli/main.ts' }, together)
await build({ ...program, build: { ...program.build, emptyOutDir: true, license: { fileName: 'licenses.md' } } })
for (const [name, file] of Object.entries(threads)) await build(configOf({ [name]: file }, { codeSplitting: false }))
