/** The two sides of the board. X always moves first. */
export const players = ['X', 'O'] as const
export type Player = (typeof players)[number]

/** What stands on a cell. The same letters as the players; in wild and shared games not the same thing. */
export type Mark = Player

export function opponent(player: Player): Player {
  return player === 'X' ? 'O' : 'X'
}

/** How strong a bot plays. */
export const levels = ['random', 'casual', 'perfect'] as const
export type Level = (typeof levels)[number]

/** A person or bot that may own a seat. */
export interface Account {
  readonly id: string
  /** As shown to others; chosen by its owner, so never to be trusted as markup. */
  readonly name: string
  /** Present when the server plays for this account. */
  readonly bot?: Level
}
