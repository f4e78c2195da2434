/**
 * Inlines the entry script and the style of a built page: on a slow line every request costs more than the bytes. Scripts
 * that are loaded later find the exports of the entry at one global name, because an inline script has no URL to import
 * from.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const global = 'globalThis.oxo'

/**
 * Loads each part once. A browser remembers that a module URL failed to load, and never requests it again. So a failed part
 * is retried with another query string, and so are the parts that it imports.
 */
export const loader =
  'const oxoParts={};let oxoTry="";globalThis.oxoPart=u=>oxoParts[u]??=import(u+oxoTry).catch(e=>{delete oxoParts[u];oxoTry="?"+Date.now();throw e});'

/** @param output A folder as Vite builds it, with `index.html` and `assets/`. @throws Error if it has another form. */
export function inlineEntry(output: string): void {
  const path = join(output, 'index.html')
  const html = readFileSync(path, 'utf8')
  const scripts = [...html.matchAll(/<script type="module"[^>]* src="\/assets\/([^"]+)"><\/script>/g)]
  const [, entry] = scripts[0] ?? []
  if (entry === undefined || scripts.length > 1) throw new Error('index.html must have exactly one module script')
  const assets = join(output, 'assets')
  const read = (file: string): string => readFileSync(join(assets, file), 'utf8')
  const script = makeEntry(read(entry))
  const needs = new Map<string, readonly string[]>()
  for (const file of readdirSync(assets).filter((name) => name.endsWith('.js') && name !== entry)) {
    const text = read(file)
    needs.set(
      file,
      findImports(text).filter((name) => name !== entry),
    )
    const own = takeFromGlobal(text, entry)
    if (own.includes(entry)) throw new Error(`${file} names ${entry} in an unknown form`)
    const apart = takeParts(own)
    if (apart !== text) writeFileSync(join(assets, file), apart)
  }
  refuseCircles(needs)
  const styles: string[] = []
  const bare = html
    .replace(scripts[0]?.[0] ?? '', () => `<script type="module">${script}</script>`)
    .replaceAll(/<link rel="stylesheet"[^>]* href="\/assets\/([^"]+)">/g, (_, file: string) => {
      styles.push(file)
      return `<style>${read(file).trim()}</style>`
    })
  writeFileSync(path, bare)
  for (const file of [entry, ...styles]) rmSync(join(assets, file))
}

/** The entry script in a form that works inline. @throws Error if it imports another file. */
export function makeEntry(code: string): string {
  if (/\bfrom\s*["'`]\.\//.test(code) || /(?:^|[;}])import\s*["'`]\.\//.test(code))
    throw new Error('the entry imports another file: the first board would wait for that too')
  const whole = useLoader(code.trim())
  return `${whole.includes('oxoPart(') ? loader : ''}${whole}`
    .replace(/export\s*\{([^}]*)\};?$/, (_, names: string) => {
      const getters = pairsOf(names).map(([local, exported]) => `get ${exported}(){return ${local}}`)
      return `${global}={${getters.join(',')}};`
    })
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--')
}

/** A later script, with its imports from the entry replaced by the global name. */
export function takeFromGlobal(code: string, entry: string): string {
  const file = entry.replaceAll('.', '\\.')
  return code
    .replaceAll(new RegExp(`import\\s*\\{([^}]*)\\}\\s*from\\s*["'\`]\\./${file}["'\`];?`, 'g'), (_, names: string) => {
      const members = pairsOf(names).map(([exported, local]) => `${exported}:${local}`)
      return `const{${members.join(',')}}=${global};`
    })
    .replaceAll(
      new RegExp(`import\\s*\\*\\s*as\\s*([\\w$]+)\\s*from\\s*["'\`]\\./${file}["'\`];?`, 'g'),
      `const $1=${global};`,
    )
    .replaceAll(new RegExp(`import\\s*["'\`]\\./${file}["'\`];?`, 'g'), '')
}

/** Replaces dynamic imports by the loader, and removes the bundler's wrapper that picks the used names. */
function useLoader(code: string): string {
  return code
    .replaceAll(
      /[\w$]+\(async\(\)=>\{(?:let|const)\{[^{}]*\}=await import\((["'`])\.\/([\w.-]+)\1\)((?:\.then\([^()]*\))?);return\{[^{}]*\}\}(?:,\[\])?\)/g,
      'oxoPart($1/assets/$2$1)$3',
    )
    .replaceAll(/\bimport\((["'`])\.\//g, 'oxoPart($1/assets/')
}

/** A later script that loads its imports in parallel with the loader. @throws Error for an unknown form of import */
export function takeParts(code: string): string {
  const names: string[] = []
  const files: string[] = []
  const take = (pattern: string, file: string): string => {
    names.push(pattern)
    files.push(`oxoPart("/assets/${file}")`)
    return ''
  }
  const rest = useLoader(code)
    .replaceAll(/import\s*\{([^}]*)\}\s*from\s*["'`]\.\/([\w.-]+)["'`];?/g, (_, pairs: string, file: string) =>
      take(
        `{${pairsOf(pairs)
          .map(([exported, local]) => `${exported}:${local}`)
          .join(',')}}`,
        file,
      ),
    )
    .replaceAll(/import\s*\*\s*as\s*([\w$]+)\s*from\s*["'`]\.\/([\w.-]+)["'`];?/g, (_, name: string, file: string) =>
      take(name, file),
    )
    .replaceAll(/import\s*["'`]\.\/([\w.-]+)["'`];?/g, (_, file: string) => take('', file))
  if (findImports(rest).length > 0) throw new Error('a part imports another in an unknown form')
  return files.length === 0 ? rest : `const[${names.join(',')}]=await Promise.all([${files.join(',')}]);${rest}`
}

/** The files that a script imports statically. */
function findImports(code: string): readonly string[] {
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+)["'`]/g)].map(([, file = '']) => file)
}

/** Parts that import each other would wait forever. @throws Error if there is a cycle */
function refuseCircles(needs: ReadonlyMap<string, readonly string[]>): void {
  const visit = (file: string, above: readonly string[]): void => {
    if (above.includes(file)) throw new Error(`parts need each other in a circle: ${[...above, file].join(' → ')}`)
    for (const needed of needs.get(file) ?? []) visit(needed, [...above, file])
  }
  for (const file of needs.keys()) visit(file, [])
}

/** `a as b, c` as pairs; a name without `as` is both members of its pair. */
function pairsOf(names: string): readonly (readonly [string, string])[] {
  return names
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [first = '', second = first] = part.split(/\s+as\s+/)
      return [first, second] as const
    })
}
