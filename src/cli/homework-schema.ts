import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The JSON Schema of a description in this package; null in sources that were never built. */
export function findHomeworkSchema(): string | null {
  const file = fileURLToPath(new URL('../../dist/homework.schema.json', import.meta.url))
  return existsSync(file) ? file : null
}
