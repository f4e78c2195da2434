/** Which characters a terminal can show, according to its locale and its type. */

/** console: the Linux console, whose font has lines and corners but no diagonals, round corners or triangles. */
export type Glyphs = 'all' | 'console' | 'ascii'

type Environment = Readonly<Record<string, string | undefined>>

/** Terminal types without Unicode. */
const plain = /^(?:$|dumb|unknown|emacs|vt\d|ansi|pcansi|cons|ibm|sun|wy|hp|tvi|adm|tek|qnx|minitel)/i

/** The first variable set among LC_ALL, LC_CTYPE and LANG names the encoding; without any it is the locale C, ASCII. */
export function glyphsOf(env: Environment, platform: string): Glyphs {
  // Windows sets no locale variables; its console takes UTF-16 and has the glyphs.
  if (platform === 'win32') return 'all'
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((each) => (each ?? '') !== '') ?? 'C'
  const terminal = env['TERM'] ?? ''
  if (!/utf-?8/i.test(locale) || plain.test(terminal)) return 'ascii'
  return terminal.startsWith('linux') ? 'console' : 'all'
}
