/** The text protocol of Oxo itself, for `extends: oxo-text`. A course that prescribes the protocol needs only `start`. */
import type { DescriptionText } from './schema.ts'

export const oxoText: DescriptionText = {
  connect: 'shared',
  framing: 'blank-line',
  send: { move: '{player} {x} {y}', reset: 'new', board: 'board' },
  read: {
    error: '^ERR ',
    win: '^WIN (?<player>[XO])',
    draw: '^DRAW',
    ok: '^OK',
    board: { rows: '^\\d (.) (.) (.)$' },
  },
}
