/**
 * Puts the script and the style that a built page begins with into the page itself: on a slow line every request costs
 * more than the bytes. What is loaded later and shares code with the beginning finds it at one global name, because a
 * script inside a page has no address to import it from.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const global = 'globalThis.oxo'

/** `output`: as Vite builds it, with `index.html` and `assets/`. @throws Error when it is built in another way. */
export function inlineEntry(output: string): void {
  const path = join(output, 'index.html')
  const html = readFileSync(path, 'utf8')
  const scripts = [...html.matchAll(/<script type="module"[^>]* src="\/assets\/([^"]+)"><\/script>/g)]
  const [, entry] = scripts[0] ?? []
  if (entry === undefined || scripts.length > 1) throw new Error('index.html must begin with one module')
  const assets = join(output, 'assets')
  const read = (file: string): string => readFileSync(join(assets, file), 'utf8')
  const script = makeEntry(read(entry))
  for (const file of readdirSync(assets).filter((name) => name.endsWith('.js') && name !== entry)) {
    const text = read(file)
    const apart = takeFromGlobal(text, entry)
    if (apart.includes(entry)) throw new Error(`${file} names ${entry} in a way that is not understood`)
    if (apart !== text) writeFileSync(join(assets, file), apart)
  }
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

/** The entry as it works inside a page. */
export function makeEntry(code: string): string {
  if (/\bfrom\s*["'`]\.\//.test(code) || /(?:^|[;}])import\s*["'`]\.\//.test(code))
    throw new Error('the entry imports another file: the first board would wait for that too')
  return code
    .trim()
    .replace(/export\s*\{([^}]*)\};?$/, (_, names: string) => {
      const getters = pairsOf(names).map(([local, exported]) => `get ${exported}(){return ${local}}`)
      return `${global}={${getters.join(',')}};`
    })
    .replaceAll(/\bimport\((["'`])\.\//g, 'import($1/assets/')
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--')
}

/** A later script, with the global name in the place of what it imports from the entry. */
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

/** `a as b, c` as pairs; a name that stays itself is both. */
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
