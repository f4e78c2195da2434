/** Content negotiation (RFC 9110, 12.5), for what it may cost. */
import { accepts } from 'hono/accepts'
import type { Context } from '../routes/route-context.ts'

/** A browser's longest preferences take a few hundred bytes; sixteen thousand take a millisecond to sort. */
const preferencesBytesMax = 1_024

interface Preference {
  readonly type: string
  readonly q: number
}

interface Choice<Option extends string> {
  readonly header: 'Accept' | 'Accept-Encoding'
  readonly supports: readonly Option[]
  /** For those who do not care, and those who say too much about it. */
  readonly default: Option
  /** How to choose where not simply the best is wanted. */
  readonly match?: (accepted: readonly Preference[]) => string
}

/** What the sender likes best of what there is. */
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
