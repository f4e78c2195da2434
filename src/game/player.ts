/** The two sides of the board. X always moves first. */
export const players = ['X', 'O'] as const
export type Player = (typeof players)[number]

/** The mark on a cell. The letters are those of the players, but in wild and shared games a mark does not belong to a player. */
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
  /** The display name. Its owner chooses it, so it must be escaped as markup. */
  readonly name: string
  /** Present when the server plays for this account. */
  readonly bot?: Level
}
