import { makePrintable } from '../protocol/text-reply.ts'

/** Shows each character of a name that could move the cursor, break a line or turn text around as `·`, one column wide. */
export function makeCellText(text: string): string {
  return makePrintable(text, () => '·')
}
