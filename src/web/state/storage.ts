/** What the page keeps between visits. What the browser does not keep lasts as long as the page. */
import { signal } from '@preact/signals'

/** As JSON, what the browser would not take: newer than what it has. */
const unkept = signal<ReadonlyMap<string, string>>(new Map())

/** Null for what is not there, or is no JSON. The shape is whatever an earlier release wrote: look before you trust. */
export function load(name: string): unknown {
  try {
    return JSON.parse(unkept.peek().get(name) ?? localStorage.getItem(keyOf(name)) ?? 'null')
  } catch {
    return null
  }
}

/** Null forgets. */
export function save(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  const rest = new Map(unkept.peek())
  rest.delete(name)
  try {
    if (value === null) localStorage.removeItem(keyOf(name))
    else localStorage.setItem(keyOf(name), text)
  } catch {
    // Private windows and full disks: the page goes on without.
    rest.set(name, text)
  }
  if (rest.size > 0 || unkept.peek().size > 0) unkept.value = rest
}

/** Whether what was saved last under this name outlives the page. Whoever draws it draws it again when that changes. */
export function isKept(name: string): boolean {
  return !unkept.value.has(name)
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

export function keyOf(name: string): string {
  return `oxo:${name}`
}
