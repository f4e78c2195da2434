/** Names are chosen by strangers: what could move a cursor, break a line or turn text around is shown as `·`. */
export function makePrintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '·')
}
