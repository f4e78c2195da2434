/** Makes and parses the entity tag (RFC 9110, 8.8.3) of a state of a game in one of its forms. */
import { createHash } from 'node:crypto'
import { Fault, type GameView } from '../../../protocol/index.ts'
import { StatusFault } from './route-context.ts'

/** The name in the tag of each media type: each form needs its own tag because its bytes differ. */
const forms = { 'text/plain': 'text', 'application/json': 'json', 'text/html': 'html' } as const
export type Form = keyof typeof forms

/** The number of characters of the history's id and of the digest in a tag: enough to make collisions unlikely. */
const historyCharacters = 12
const digestCharacters = 8

const grammar = new RegExp(
  `^"(\\d{1,15})(?:\\.(?:${Object.values(forms).join('|')})\\.([\\w-]{1,32})(?:\\.([\\w-]{${digestCharacters}}))?)?"$`,
)

/** The state that If-Match names. */
export interface Seen {
  readonly version: number
  /** The digest of the state; absent if the header has only a version, or a tag of an older Oxo. */
  readonly digest?: string
}

/**
 * A digest of the state without its clocks, which run. After an older journal is restored and play continues, the same
 * version can be another state; and if the history's id was restored too, so can version and id together.
 */
export function makeDigest({ clock, ...state }: GameView): string {
  const text = JSON.stringify([state, clock?.control])
  return createHash('sha256').update(text).digest('base64url').slice(0, digestCharacters)
}

/** An id that identifies a state also across restored journals. */
export function makeVersionId(version: number, history: string, digest: string): string {
  return `${version}.${history.slice(0, historyCharacters)}.${digest}`
}

export function makeTag(view: GameView, form: Form, history: string): string {
  return `"${view.version}.${forms[form]}.${history.slice(0, historyCharacters)}.${makeDigest(view)}"`
}

/**
 * The state that If-Match names, by a tag of any form or by a version alone; undefined if the header is absent or `*`.
 * @throws Fault 'not-understood', or with status 412 if the tag belongs to another history than `history`
 */
export function parseIfMatch(header: string | undefined, history: string): Seen | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const [, version, seen, digest] = grammar.exec(header.trim()) ?? []
  if (version === undefined)
    throw new Fault('not-understood', 'If-Match must be one tag, as ETag gave it, or a version in quotes, like "3"')
  if (seen !== undefined && seen !== history.slice(0, historyCharacters)) throw makeReplaced()
  return { version: Number(version), ...(digest === undefined ? {} : { digest }) }
}

/** @param now the current state. @throws Fault with status 412 if it has the version that was seen but is another state. */
export function checkSeen({ version, digest }: Seen, now: GameView): void {
  if (digest !== undefined && version === now.version && digest !== makeDigest(now)) throw makeReplaced()
}

function makeReplaced(): StatusFault {
  const why =
    'If-Match names a state that the server no longer has: the games were replaced or restored to an older state'
  return new StatusFault(412, new Fault('stale', `${why}; read the game again`))
}

/** Whether If-None-Match names this tag, strong or weak, so that the client's copy is current. */
export function isCurrent(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((named) => named.trim() === '*' || opaqueOf(named) === opaqueOf(tag))
}

/** The tag without its weakness prefix. */
function opaqueOf(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
