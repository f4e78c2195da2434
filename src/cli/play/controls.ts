/** The keyboard control of a game: the cursor, the typed text, and the actions of the keys. */
import { type Clock, systemClock } from '../../base/index.ts'
import { type Mark, type OfferKind, parsePlace, type Place } from '../../game/index.ts'
import { limits } from '../../protocol/index.ts'
import { sentenceOf } from '../../server/stop.ts'
import type { Size } from './board-view.ts'
import type { CanvasLine } from './canvas.ts'
import type { KeyPress, TerminalView } from './terminal-view.ts'
import { canSay, isWaiting, type TerminalGame, type TableState } from './terminal-game.ts'
import { makeSayingKeys, sayingOf } from './status.ts'
import { makeTableLines } from './table-view.ts'

const steps: Readonly<Record<KeyPress, Place>> = {
  left: { x: -1, y: 0 },
  h: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  l: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  k: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
  j: { x: 0, y: 1 },
}

/** The longest typed place, in characters: longer than any valid one. */
const typedMax = 7

const outOfTurn = 'It is not your move.'
const justChanged = 'The game has just changed: check it, then press the key again.'

export class TerminalControls implements TerminalView {
  readonly #table: TerminalGame
  readonly #clock: Pick<Clock, 'now'>
  readonly #left = Promise.withResolvers<void>()
  readonly #keys: Readonly<Record<KeyPress, () => void>>
  #cursor: Place
  #mark: Mark | null = null
  #typed = ''
  #notice = ''
  /** The game and version for which a resignation waits for confirmation; null if none does. */
  #confirming: string | null = null
  /** The next key chooses what to say. */
  #isSaying = false
  /** The context that the action keys refer to, and since when it is current. */
  #meaning: string
  #meantSince = -Infinity
  #board: string
  #changed: () => void = () => {}

  constructor(table: TerminalGame, clock: Pick<Clock, 'now'> = systemClock) {
    this.#table = table
    this.#clock = clock
    this.#board = table.view.board
    this.#meaning = meaningOf(table)
    const { width, height } = table.view.rules
    this.#cursor = { x: width >> 1, y: height >> 1 }
    this.#keys = {
      enter: () => this.#play(),
      ' ': () => this.#play(),
      r: () => (this.#confirming = this.#isOwnWaiting || this.#mayAct() ? stateOf(table) : null),
      d: () => this.#offer('draw'),
      t: () => this.#offer('takeback'),
      m: () => this.#again(),
      a: () => this.#answer(true),
      x: () => this.#answer(false),
      s: () => (this.#isSaying = canSay(table)),
      tab: () => (this.#mark = this.#chosenMark() === 'X' ? 'O' : 'X'),
      q: () => this.#left.resolve(),
    }
    table.onChange(() => {
      this.#look()
      this.#changed()
    })
  }

  /** Resolves when the player quits. */
  get left(): Promise<void> {
    return this.#left.promise
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  press(key: KeyPress): void {
    this.#notice = ''
    if (this.#confirming !== null) this.#confirm(key, this.#confirming)
    else if (this.#isSaying) this.#say(key)
    else if (!this.#type(key)) {
      const step = steps[key]
      if (step !== undefined) this.#step(step)
      else this.#keys[key]?.()
    }
    this.#changed()
  }

  lines(size: Size): readonly CanvasLine[] {
    return makeTableLines(this.state, size)
  }

  get state(): TableState {
    const table = this.#table
    const { view, mine, isPending, online, said, link, invitation } = table
    const [X, O] = [table.msLeft('X'), table.msLeft('O')]
    return {
      ...{ view, mine, isPending, online, said, link, invitation },
      cursor: this.#target(),
      mark: view.rules.marks === 'wild' && view.outcome === null ? this.#chosenMark() : null,
      typed: this.#typed,
      notice: this.#question ?? this.#currentNotice,
      isConfirming: this.#confirming !== null,
      isSaying: this.#isSaying,
      msLeft: X === null || O === null ? null : { X, O },
    }
  }

  /** What the next key answers; null: nothing. */
  get #question(): string | null {
    if (this.#isSaying) return makeSayingKeys()[0]
    return this.#confirming === null ? null : `${this.#isOwnWaiting ? 'Withdraw' : 'Give up'} this game?`
  }

  /** Hides "not your move" once it is this player's turn. */
  get #currentNotice(): string {
    return this.#notice === outOfTurn && this.#isMyTurn ? '' : this.#notice
  }

  get #isMyTurn(): boolean {
    const { view, mine } = this.#table
    return view.turn !== null && mine.includes(view.turn)
  }

  /** After a change of the table: notes the time if the action keys now refer to something else. */
  #look(): void {
    const { view, isPending, link } = this.#table
    const meaning = meaningOf(this.#table)
    // On a board with open seats, each move of another player changes which mark is placed next.
    const isMoved = view.seats === 'open' && link.state !== 'none' && !isPending && view.board !== this.#board
    if (isMoved || meaning !== this.#meaning) this.#meantSince = this.#clock.now()
    this.#meaning = meaning
    this.#board = view.board
  }

  /** Whether the context changed so recently that the key may have been meant for the old one; sets the notice then. */
  #isJustChanged(): boolean {
    const isFresh = this.#clock.now() - this.#meantSince < limits.noticeMs
    if (isFresh) this.#notice = justChanged
    return isFresh
  }

  #step({ x, y }: Place): void {
    const { width, height } = this.#table.view.rules
    const { x: column, y: row } = this.#target()
    this.#cursor = { x: (column + x + width) % width, y: (row + y + height) % height }
  }

  /** The cell for the next mark: with gravity, the lowest free cell of the column. */
  #target(): Place {
    const { rules, board } = this.#table.view
    const { width, height } = rules
    // A rematch may have a smaller board.
    const x = Math.min(this.#cursor.x, width - 1)
    const y = Math.min(this.#cursor.y, height - 1)
    if (!rules.gravity) return { x, y }
    const rows = Array.from({ length: height }, (_, row) => height - 1 - row)
    return { x, y: rows.find((row) => board[row * width + x] === '.') ?? 0 }
  }

  #chosenMark(): Mark {
    return this.#mark ?? this.#table.view.turn ?? 'X'
  }

  /** Handles a key of a typed place. Returns whether the key was used. */
  #type(key: KeyPress): boolean {
    if (/^\d$/.test(key) || (this.#typed !== '' && (key === ',' || key === ' '))) {
      this.#typed = (this.#typed + key).slice(0, typedMax)
      return true
    }
    if (this.#typed === '') return false
    if (key === 'backspace') this.#typed = this.#typed.slice(0, -1)
    else if (key === 'enter') this.#playTyped()
    else this.#typed = ''
    return key === 'backspace' || key === 'enter' || key === 'escape'
  }

  #playTyped(): void {
    const { gravity } = this.#table.view.rules
    const place = parsePlace(gravity && /^\d+\s*$/.test(this.#typed) ? `${this.#typed} 0` : this.#typed)
    this.#typed = ''
    if (place === null) this.#notice = 'A place is two numbers: the column, then the row.'
    else this.#move(place)
  }

  #play(): void {
    this.#move(this.#target())
  }

  #move(place: Place): void {
    const { view } = this.#table
    if (!this.#mayAct()) return
    if (!this.#isMyTurn) this.#notice = outOfTurn
    else if (this.#isJustChanged()) return
    else if (view.rules.marks === 'wild') this.#ask(this.#table.move(place, this.#chosenMark()))
    else this.#ask(this.#table.move(place))
    this.#mark = null
  }

  #confirm(key: KeyPress, asked: string): void {
    this.#confirming = null
    if (key !== 'y') return
    if (asked === stateOf(this.#table)) this.#ask(this.#table.resign())
    else this.#notice = 'The game has changed meanwhile: press r again to give it up.'
  }

  /** Any other key says nothing. */
  #say(key: KeyPress): void {
    this.#isSaying = false
    const what = sayingOf(key)
    if (what !== null && canSay(this.#table)) this.#ask(this.#table.say(what))
  }

  #offer(what: OfferKind): void {
    if (!this.#mayAct()) return
    if (this.#table.view.offer !== undefined) this.#notice = 'An offer waits for its answer.'
    else if (!this.#isJustChanged()) this.#ask(this.#table.offer(what))
  }

  #again(): void {
    const { view } = this.#table
    if (view.outcome === null) this.#notice = 'A rematch follows a game that is over.'
    else if (!this.#isJustChanged())
      this.#ask(view.seats === 'open' ? this.#table.restart() : this.#table.offer('rematch'))
  }

  #answer(accept: boolean): void {
    const { offer } = this.#table.view
    if (offer === undefined) this.#notice = 'Nothing is offered.'
    else if (!this.#isJustChanged()) this.#ask(this.#table.answer(offer.what, accept))
  }

  /** Whether this is the player's own game that no opponent has joined: it can be withdrawn. */
  get #isOwnWaiting(): boolean {
    const { view, mine } = this.#table
    return mine.length > 0 && isWaiting(view)
  }

  /** Whether the player may act now; sets the notice if not. */
  #mayAct(): boolean {
    const { view, mine } = this.#table
    if (mine.length === 0) this.#notice = 'You are watching: both seats are taken.'
    else if (view.outcome !== null) this.#notice = 'The game is over.'
    else if (isWaiting(view)) this.#notice = 'The game begins when somebody joins.'
    return this.#notice === ''
  }

  #ask(asked: Promise<unknown>): void {
    asked.catch((reason: unknown) => {
      this.#notice = reason instanceof Error ? sentenceOf(reason.message) : String(reason)
      this.#changed()
    })
  }
}

/** The context of the action keys, except for placing marks. */
function meaningOf({ view: { game, offer, outcome, next } }: TerminalGame): string {
  return JSON.stringify([game, offer, outcome !== null, next])
}

function stateOf({ view: { game, version } }: TerminalGame): string {
  return `${game} ${version}`
}
