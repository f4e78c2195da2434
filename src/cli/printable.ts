/**
 * Shows control characters, line breaks and bidirectional controls as `·`, because strangers choose the names of
 * players.
 */
export function makePrintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '·')
}
