/** A game under somebody's hands: where the cursor is, what is being typed, and what the keys do. */
import { type Mark, type OfferKind, parsePlace, type Place } from '../../game/index.ts'
import { sentenceOf } from '../stop.ts'
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

export class Controls implements Stage {
  readonly #table: Table
  readonly #left = Promise.withResolvers<void>()
  readonly #keys: Readonly<Record<Key, () => void>>
  #cursor: Place
  #mark: Mark | null = null
  #typed = ''
  #notice = ''
  #isConfirming = false
  #changed: () => void = () => {}

  constructor(table: Table) {
    this.#table = table
    const { width, height } = table.view.rules
    this.#cursor = { x: width >> 1, y: height >> 1 }
    this.#keys = {
      enter: () => this.#play(),
      ' ': () => this.#play(),
      r: () => (this.#isConfirming = this.#mayAct()),
      d: () => this.#offer('draw'),
      t: () => this.#offer('takeback'),
      m: () => this.#again(),
      a: () => this.#answer(true),
      x: () => this.#answer(false),
      tab: () => (this.#mark = this.#chosenMark() === 'X' ? 'O' : 'X'),
      q: () => this.#left.resolve(),
    }
    table.onChange(() => this.#changed())
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
    if (this.#isConfirming) this.#confirm(key)
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
      notice: this.#isConfirming ? 'Give up this game?' : this.#currentNotice,
      isConfirming: this.#isConfirming,
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
    else if (view.rules.marks === 'wild') this.#ask(this.#table.move(place, this.#chosenMark()))
    else this.#ask(this.#table.move(place))
    this.#mark = null
  }

  #confirm(key: Key): void {
    this.#isConfirming = false
    if (key === 'y') this.#ask(this.#table.resign())
  }

  #offer(what: OfferKind): void {
    if (this.#mayAct()) this.#ask(this.#table.offer(what))
  }

  #again(): void {
    const { view } = this.#table
    if (view.outcome === null) this.#notice = 'A rematch follows a game that is over.'
    else this.#ask(view.seats === 'open' ? this.#table.restart() : this.#table.offer('rematch'))
  }

  #answer(accept: boolean): void {
    const { offer } = this.#table.view
    if (offer === undefined) this.#notice = 'Nothing is offered.'
    else this.#ask(this.#table.answer(offer.what, accept))
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
