/** A state of a game, in one of its forms, as an entity tag (RFC 9110, 8.8.3) and back. */
import { createHash } from 'node:crypto'
import { Fault, type GameView } from '../../../protocol/index.ts'
import { StatusFault } from './route-context.ts'

/** The forms that a game is shown in, by their media types, and what each is called in a tag: their bytes differ. */
const forms = { 'text/plain': 'text', 'application/json': 'json', 'text/html': 'html' } as const
export type Form = keyof typeof forms

/** What a tag has of a history's name, and of a state's digest: enough that no two have the same. */
const historyCharacters = 12
const digestCharacters = 8

const grammar = new RegExp(
  `^"(\\d{1,15})(?:\\.(?:${Object.values(forms).join('|')})\\.([\\w-]{1,32})(?:\\.([\\w-]{${digestCharacters}}))?)?"$`,
)

/** What If-Match names. */
export interface Seen {
  readonly version: number
  /** Of the state that was seen; absent where the version was named alone, or by a tag of an older Oxo. */
  readonly digest?: string
}

/**
 * What a state is, but for its clocks, which run. A version alone names another state where the journal was put back to
 * an older one and played on, and the name of a history does so where it was put back together with what knows its name.
 */
export function makeDigest({ clock, ...state }: GameView): string {
  const text = JSON.stringify([state, clock?.control])
  return createHash('sha256').update(text).digest('base64url').slice(0, digestCharacters)
}

/** The parts that a state needs to be the same whatever became of the server's games. */
export function makeVersionId(version: number, history: string, digest: string): string {
  return `${version}.${history.slice(0, historyCharacters)}.${digest}`
}

export function makeTag(view: GameView, form: Form, history: string): string {
  return `"${view.version}.${forms[form]}.${history.slice(0, historyCharacters)}.${makeDigest(view)}"`
}

/**
 * The state that If-Match names, in whichever form it was seen, or by its version alone; undefined for none and for `*`.
 * @throws Fault 'not-understood', and with status 412 where it was seen in another history than `history`
 */
export function parseIfMatch(header: string | undefined, history: string): Seen | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const [, version, seen, digest] = grammar.exec(header.trim()) ?? []
  if (version === undefined)
    throw new Fault('not-understood', 'If-Match must be one tag, as ETag gave it, or a version in quotes, like "3"')
  if (seen !== undefined && seen !== history.slice(0, historyCharacters)) throw makeReplaced()
  return { version: Number(version), ...(digest === undefined ? {} : { digest }) }
}

/** `now` is the game as it stands. @throws Fault with status 412 where it is another one at the version that was seen. */
export function checkSeen({ version, digest }: Seen, now: GameView): void {
  if (digest !== undefined && version === now.version && digest !== makeDigest(now)) throw makeReplaced()
}

function makeReplaced(): StatusFault {
  const why = 'If-Match is of games that the server no longer has: they were replaced, or put back to an older state'
  return new StatusFault(412, new Fault('stale', `${why}; read the game again`))
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
