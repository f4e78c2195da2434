/** What the page keeps between visits. Where the browser keeps nothing, it lasts as long as the page. */

const memory = new Map<string, string>()

/** Null for what is not there, or is no JSON. The shape is whatever an earlier release wrote: look before you trust. */
export function load(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name)) ?? 'null')
  } catch {
    return JSON.parse(memory.get(name) ?? 'null')
  }
}

/** Null forgets. */
export function save(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  memory.set(name, text)
  try {
    if (value === null) localStorage.removeItem(keyOf(name))
    else localStorage.setItem(keyOf(name), text)
  } catch {
    // Private windows and full disks: the page goes on without.
  }
}

/** Whether what is saved outlives the page; tried once. */
export const isKeeping: boolean = tryKeeping()

function tryKeeping(): boolean {
  try {
    localStorage.setItem(keyOf(''), '')
    localStorage.removeItem(keyOf(''))
    return true
  } catch {
    return false
  }
}

/** What is saved under names that begin so, without that. */
export function listSaved(prefix: string): readonly string[] {
  try {
    const start = keyOf(prefix)
    return Object.keys(localStorage).flatMap((key) => (key.startsWith(start) ? key.slice(start.length) : []))
  } catch {
    return []
  }
}

function keyOf(name: string): string {
  return `oxo:${name}`
}
