/** The text protocol of Oxo itself, for `extends: oxo-text`. A course that prescribes the protocol needs only `start`. */
import type { DescriptionText } from './schema.ts'

export const oxoText: DescriptionText = {
  connect: 'shared',
  framing: 'line',
  send: { move: 'MOVE {player} {x} {y}', reset: 'RESET', board: 'BOARD' },
  read: {
    error: '^ERR ',
    win: '^WIN .*?(?<player>[XO])',
    draw: '^DRAW',
    board: { cells: '[XO.]', in: '([XO.]{3}/[XO.]{3}/[XO.]{3})' },
  },
}
