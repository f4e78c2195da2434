/** A game under somebody's hands: where the cursor is, what is being typed, and what the keys do. */
import { type Clock, systemClock } from '../../base/index.ts'
import { type Mark, type OfferKind, parsePlace, type Place } from '../../game/index.ts'
import { limits } from '../../protocol/index.ts'
import { sentenceOf } from '../../server/stop.ts'
import type { Size } from './board-view.ts'
import type { Line } from './canvas.ts'
import type { Key, Stage } from './stage.ts'
import { isWaiting, type Table, type TableState } from './table.ts'
import { makeTableLines } from './table-view.ts'

const steps: Readonly<Record<Key, Place>> = {
  left: { x: -1, y: 0 },
  h: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  l: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  k: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
  j: { x: 0, y: 1 },
}

/** More than any place has. */
const typedMax = 7

const outOfTurn = 'It is not your move.'
const justChanged = 'This has just changed: look, then press the key again.'

export class Controls implements Stage {
  readonly #table: Table
  readonly #clock: Pick<Clock, 'now'>
  readonly #left = Promise.withResolvers<void>()
  readonly #keys: Readonly<Record<Key, () => void>>
  #cursor: Place
  #mark: Mark | null = null
  #typed = ''
  #notice = ''
  /** The game and version at which it was asked whether the game is to be given up; null while that is not asked. */
  #confirming: string | null = null
  /** What the keys mean, and since when. */
  #meaning: string
  #meantSince = -Infinity
  #board: string
  #changed: () => void = () => {}

  constructor(table: Table, clock: Pick<Clock, 'now'> = systemClock) {
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
      tab: () => (this.#mark = this.#chosenMark() === 'X' ? 'O' : 'X'),
      q: () => this.#left.resolve(),
    }
    table.onChange(() => {
      this.#look()
      this.#changed()
    })
  }

  /** Resolves when whoever plays wants to go. */
  get left(): Promise<void> {
    return this.#left.promise
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  press(key: Key): void {
    this.#notice = ''
    if (this.#confirming !== null) this.#confirm(key, this.#confirming)
    else if (!this.#type(key)) {
      const step = steps[key]
      if (step !== undefined) this.#step(step)
      else this.#keys[key]?.()
    }
    this.#changed()
  }

  lines(size: Size): readonly Line[] {
    return makeTableLines(this.state, size)
  }

  get state(): TableState {
    const table = this.#table
    const { view, mine, isPending, online, link, invitation } = table
    const [X, O] = [table.msLeft('X'), table.msLeft('O')]
    return {
      ...{ view, mine, isPending, online, link, invitation },
      cursor: this.#target(),
      mark: view.rules.marks === 'wild' && view.outcome === null ? this.#chosenMark() : null,
      typed: this.#typed,
      notice:
        this.#confirming === null ? this.#currentNotice : `${this.#isOwnWaiting ? 'Withdraw' : 'Give up'} this game?`,
      isConfirming: this.#confirming !== null,
      msLeft: X === null || O === null ? null : { X, O },
    }
  }

  /** Its turn may have come since. */
  get #currentNotice(): string {
    return this.#notice === outOfTurn && this.#isMyTurn ? '' : this.#notice
  }

  get #isMyTurn(): boolean {
    const { view, mine } = this.#table
    return view.turn !== null && mine.includes(view.turn)
  }

  /** Something was heard: do the keys mean something else now? */
  #look(): void {
    const { view, isPending, link } = this.#table
    const meaning = meaningOf(this.#table)
    // At an open board the next mark is another one after each move of somebody else.
    const isMoved = view.seats === 'open' && link.state !== 'none' && !isPending && view.board !== this.#board
    if (isMoved || meaning !== this.#meaning) this.#meantSince = this.#clock.now()
    this.#meaning = meaning
    this.#board = view.board
  }

  /** A key that was meant for what was there before does nothing, and says so. */
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

  /** Where a mark would stand: with gravity the lowest free cell of the column. */
  #target(): Place {
    const { rules, board } = this.#table.view
    const { width, height } = rules
    // A rematch may follow on another board.
    const x = Math.min(this.#cursor.x, width - 1)
    const y = Math.min(this.#cursor.y, height - 1)
    if (!rules.gravity) return { x, y }
    const rows = Array.from({ length: height }, (_, row) => height - 1 - row)
    return { x, y: rows.find((row) => board[row * width + x] === '.') ?? 0 }
  }

  #chosenMark(): Mark {
    return this.#mark ?? this.#table.view.turn ?? 'X'
  }

  /** Whether the key belongs to a place that is being typed. */
  #type(key: Key): boolean {
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

  #confirm(key: Key, asked: string): void {
    this.#confirming = null
    if (key !== 'y') return
    if (asked === stateOf(this.#table)) this.#ask(this.#table.resign())
    else this.#notice = 'The game went on meanwhile: press r again to give it up.'
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

  /** A game of one's own that nobody has joined can be withdrawn. */
  get #isOwnWaiting(): boolean {
    const { view, mine } = this.#table
    return mine.length > 0 && isWaiting(view)
  }

  /** Says why not. */
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

/** What the keys that act are about, but for where marks are placed. */
function meaningOf({ view: { game, offer, outcome, next } }: Table): string {
  return JSON.stringify([game, offer, outcome !== null, next])
}

function stateOf({ view: { game, version } }: Table): string {
  return `${game} ${version}`
}
