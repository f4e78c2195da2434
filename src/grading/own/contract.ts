/**
 * `oxo/grading`: the contract of a check that a teacher writes. The module that `oxo grade --checks FILE` names exports a list of
 * {@link OwnCheck} as `checks`. It needs no import: JavaScript, or TypeScript that Node runs as it is.
 */

export interface OwnCheck {
  /** Lower-case letters, digits and hyphens. No check or group of the grader has it. */
  readonly id: string
  /** What is right, as a sentence without a full stop. */
  readonly title: string
  /** What is probably wrong when it fails, for the student. */
  readonly hint: string
  /** At least 0. */
  readonly points: number
  /**
   * Passes when it resolves. It fails by `tools.fail`, or after 60 s; `tools.skip` leaves it out of the points. Any other error is
   * a mistake of the check, and it then counts neither for nor against.
   */
  run(tools: CheckTools): Promise<void>
}

/**
 * The server that is graded, as a check uses it. It has started, and what other checks did to it is over. No function needs
 * `this`, so that a check can take those that it uses.
 */
export interface CheckTools {
  /** Begins a game as the description says. Its board is empty, and it is X's turn. */
  readonly newGame: () => Promise<CheckGame>
  /** Opens a further connection and says what the description says on each. */
  readonly connect: () => Promise<CheckConnection>
  /** A whole number in [0, bound), the same at each run with the same `--seed`. */
  readonly random: (bound: number) => number
  /** Whether `--all` asks for every case instead of a sample. */
  readonly isThorough: boolean
  /** Fails the check. `reason` says what was sent and what came back, as a clause: "a move was answered by …". */
  readonly fail: (reason: string) => never
  /** Leaves the check out: it does not apply to this submission. `reason` says why. */
  readonly skip: (reason: string) => never
}

export interface CheckGame {
  /** Nine of `X`, `O` and `.` in reading order: the board as it should be after the moves of `play`. */
  readonly board: string
  /** Whose turn it should be; null when the game should be over. */
  readonly turn: 'X' | 'O' | null
  /** The moves of `play` for a reader: "after X at row 1, column 2". */
  readonly story: string
  /** Sends the move of the player whose turn it is to a free cell, 0 to 8 in reading order. Fails the check if the answer is an error or none. */
  readonly play: (cell: number) => Promise<CheckAnswer>
  /** Sends any move. `board` and `turn` do not change: use it for moves that must be refused. */
  readonly move: (player: 'X' | 'O', cell: number) => Promise<CheckAnswer>
  /** Asks for the board; null if the protocol has no such request. */
  readonly show: () => Promise<CheckAnswer | null>
}

export interface CheckAnswer {
  /** `move`: an answer that is no error, win or draw; `unclear`: one that the description does not explain; `none`: nothing within 2 s. */
  readonly kind: 'move' | 'win' | 'draw' | 'error' | 'unclear' | 'none'
  /** Null if nobody has won or the answer does not say who. */
  readonly winner: 'X' | 'O' | null
  /** Nine of `X`, `O` and `.`; null if the answer has no board. */
  readonly board: string | null
  /** All of it, as text. */
  readonly text: string
}

export interface CheckConnection {
  /** Sends text in UTF-8, or bytes, as they are: write the end of the message yourself. */
  readonly send: (data: string | Uint8Array) => void
  /** The text of the next message; null if none comes within `ms`, by default 2,000, or the connection ends. */
  readonly receive: (ms?: number) => Promise<string | null>
  readonly close: () => void
}
