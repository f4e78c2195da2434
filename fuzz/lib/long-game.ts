/**
 * The long game that floods request: nearly as many entries as a record may have, most of them moves on a wide board.
 */
const width = 25
const height = 24

export const longBoard = {
  game: 'long',
  rules: `${width},${height},${width}`,
  width,
  moves: width * height,
  entries: 9_900,
} as const
