import { limits } from '../../protocol/index.ts'

/** `abc` → `abc-2` → `abc-3`; a long id is cut so that the number fits. */
export function nextId(id: string): string {
  const [, base = id, count = '1'] = /^(.+?)-(\d{1,6})$/.exec(id) ?? []
  const suffix = `-${Number(count) + 1}`
  return base.slice(0, limits.gameIdCharactersMax - suffix.length) + suffix
}
