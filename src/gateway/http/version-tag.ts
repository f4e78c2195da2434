/** A game's version as an entity tag (RFC 9110, 8.8.3) and back. */
import { Fault } from '../../protocol/index.ts'

export function makeTag(version: number): string {
  return `"${version}"`
}

/** The version that If-Match names; undefined for none and for `*`. @throws Fault 'not-understood' */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const version = /^"(\d{1,15})"$/.exec(header.trim())?.[1]
  if (version === undefined)
    throw new Fault('not-understood', `If-Match must be one version in quotes, like ${makeTag(3)}`)
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
