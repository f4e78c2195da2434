/** Which characters a terminal can show: as its locale and its kind say. */

/** console: that of Linux, whose font has lines and corners, and no diagonals, round corners or triangles. */
export type Glyphs = 'all' | 'console' | 'ascii'

type Environment = Readonly<Record<string, string | undefined>>

/** Terminals that are older than Unicode, or made as if they were. */
const plain = /^(?:$|dumb|unknown|emacs|vt\d|ansi|pcansi|cons|ibm|sun|wy|hp|tvi|adm|tek|qnx|minitel)/i

/** The first of the three that is set says what bytes are taken for; none is the locale C, which is ASCII. */
export function glyphsOf(env: Environment, platform: string): Glyphs {
  // There is no locale in the environment; the console takes UTF-16 and what draws it has the glyphs.
  if (platform === 'win32') return 'all'
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((each) => (each ?? '') !== '') ?? 'C'
  const terminal = env['TERM'] ?? ''
  if (!/utf-?8/i.test(locale) || plain.test(terminal)) return 'ascii'
  return terminal.startsWith('linux') ? 'console' : 'all'
}
