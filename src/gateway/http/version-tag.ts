/** A game's version, in one of its forms, as an entity tag (RFC 9110, 8.8.3) and back. */
import { Fault } from '../../protocol/index.ts'

/** The forms that a game is shown in, by their media types, and how the tag of each ends: their bytes differ. */
const forms = { 'text/plain': 'text', 'application/json': 'json', 'text/html': 'html' } as const
export type Form = keyof typeof forms

export function makeTag(version: number, form: Form): string {
  return `"${version}.${forms[form]}"`
}

const grammar = new RegExp(`^"(\\d{1,15})(?:\\.(?:${Object.values(forms).join('|')}))?"$`)

/**
 * The version that If-Match names, in whichever form it was seen, or without one; undefined for none and for `*`.
 * @throws Fault 'not-understood'
 */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const version = grammar.exec(header.trim())?.[1]
  if (version === undefined)
    throw new Fault('not-understood', `If-Match must be one tag, as ETag gave it, like ${makeTag(3, 'text/plain')}`)
  return Number(version)
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
