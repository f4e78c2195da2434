/** A version of a game, in one of its forms and of one history, as an entity tag (RFC 9110, 8.8.3) and back. */
import { Fault } from '../../protocol/index.ts'
import { StatusFault } from './site.ts'

/** The forms that a game is shown in, by their media types, and what each is called in a tag: their bytes differ. */
const forms = { 'text/plain': 'text', 'application/json': 'json', 'text/html': 'html' } as const
export type Form = keyof typeof forms

/** What a tag has of a history's name: enough that no two have the same. */
const historyCharacters = 12

const grammar = new RegExp(`^"(\\d{1,15})(?:\\.(?:${Object.values(forms).join('|')})\\.([\\w-]{1,32}))?"$`)

/** Both parts that a version needs to be the same whatever became of the server's games. */
export function makeVersionId(version: number, history: string): string {
  return `${version}.${history.slice(0, historyCharacters)}`
}

export function makeTag(version: number, form: Form, history: string): string {
  return `"${version}.${forms[form]}.${history.slice(0, historyCharacters)}"`
}

/**
 * The version that If-Match names, in whichever form it was seen, or by itself; undefined for none and for `*`.
 * @throws Fault 'not-understood', and with status 412 where it was seen in another history than `history`
 */
export function parseIfMatch(header: string | undefined, history: string): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const [, version, seen] = grammar.exec(header.trim()) ?? []
  if (version === undefined)
    throw new Fault(
      'not-understood',
      `If-Match must be one tag, as ETag gave it, like ${makeTag(3, 'text/plain', history)}`,
    )
  if (seen === undefined || seen === history.slice(0, historyCharacters)) return Number(version)
  const why = 'If-Match is of games that the server no longer has: they were replaced, or put back to an older state'
  throw new StatusFault(412, new Fault('stale', `${why}; read the game again`))
}

/** Whether If-None-Match names this tag, strong or weak: what the sender has is current. */
export function isCurrent(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((named) => named.trim() === '*' || opaqueOf(named) === opaqueOf(tag))
}

/** What two tags have in common that are the same but for their strength. */
function opaqueOf(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
