/** The text protocol of Oxo itself, for `extends: oxo-text`. A course that prescribes the protocol needs only `start`. */
import type { ClientAnswers, DescriptionText } from './schema.ts'

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

/** What a server of this protocol answers to a client. */
export const oxoTextAnswers: ClientAnswers = {
  board: 'OK {1}{2}{3}/{4}{5}{6}/{7}{8}{9}',
  error: 'ERR occupied',
  win: 'WIN {player} {1}{2}{3}/{4}{5}{6}/{7}{8}{9}',
  draw: 'DRAW {1}{2}{3}/{4}{5}{6}/{7}{8}{9}',
}
