/** Stores values between visits. If the browser does not store them, they last as long as the page. */
import { signal } from '@preact/signals'

/** The values that the browser refused, as JSON; they are newer than its stored ones. */
const unkept = signal<ReadonlyMap<string, string>>(new Map())

/** Null if there is no value or it is not JSON. An earlier release may have written another shape: validate it. */
export function load(name: string): unknown {
  try {
    return JSON.parse(unkept.peek().get(name) ?? localStorage.getItem(keyOf(name)) ?? 'null')
  } catch {
    return null
  }
}

/** Stores a value; null removes it. */
export function save(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  const rest = new Map(unkept.peek())
  rest.delete(name)
  try {
    if (value === null) localStorage.removeItem(keyOf(name))
    else localStorage.setItem(keyOf(name), text)
  } catch {
    // In private windows and on full disks the page works without storage.
    rest.set(name, text)
  }
  if (rest.size > 0 || unkept.peek().size > 0) unkept.value = rest
}

/**
 * Whether the last value saved under this name outlives the page. A component that reads this renders again on changes.
 */
export function isKept(name: string): boolean {
  return !unkept.value.has(name)
}

/** The names of stored values that begin with `prefix`, without the prefix. */
export function listSaved(prefix: string): readonly string[] {
  try {
    const start = keyOf(prefix)
    return Object.keys(localStorage).flatMap((key) => (key.startsWith(start) ? key.slice(start.length) : []))
  } catch {
    return []
  }
}

export function keyOf(name: string): string {
  return `oxo:${name}`
}
