/** Content negotiation (RFC 9110, 12.5) with bounded cost. */
import { accepts } from 'hono/accepts'
import type { Context } from '../routes/route-context.ts'

/** Longer headers are ignored. The longest of a browser has a few hundred bytes; sorting 16,000 bytes takes a millisecond. */
const preferencesBytesMax = 1_024

interface Preference {
  readonly type: string
  readonly q: number
}

interface Choice<Option extends string> {
  readonly header: 'Accept' | 'Accept-Encoding'
  readonly supports: readonly Option[]
  /** The choice if the header is absent, accepts anything, or is too long. */
  readonly default: Option
  /** Chooses differently from the client's order of preference. */
  readonly match?: (accepted: readonly Preference[]) => string
}

/** The supported option that the client prefers. */
export function preferred<Option extends string>(c: Context, { header, supports, ...choice }: Choice<Option>): Option {
  if ((c.req.header(header)?.length ?? 0) > preferencesBytesMax) return choice.default
  const { match } = choice
  const chosen = accepts(c, {
    header,
    supports: [...supports],
    default: choice.default,
    ...(match === undefined ? {} : { match: (accepted) => match(accepted) }),
  })
  return supports.find((option) => option === chosen) ?? choice.default
}
