/**
 * Whether a history of concurrent operations can be explained by one order in which they took effect one at a time:
 * the search of Wing and Gong (1993), with Lowe's memory of what was tried.
 */

/** One operation as whoever asked for it saw it. Times are of one clock, any unit; only their order counts. */
export interface Operation<Input, Output> {
  readonly input: Input
  /** Absent: the outcome is unknown. It may have taken effect at any time after `invoked`, or never. */
  readonly output?: Output
  readonly invoked: number
  /** Infinity while the outcome is unknown. Equal times count as overlapping. */
  readonly returned: number
}

/** The sequential specification: what each operation does where nothing overlaps. */
export interface Model<State, Input, Output> {
  readonly initial: State
  /**
   * The states that `input` may lead to from `state` with exactly this output (undefined: with any); none if it cannot.
   * States are compared by identity: what comes to the same should be the same.
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[]
  /** Whether an operation with this output leaves every state as it is. Saying so makes the search fast. */
  isRead?(input: Input, output: Output): boolean
}

export interface SearchOptions<Input, Output> {
  /**
   * Whether `later` may be explained by a state from before `earlier`, though `earlier` had returned when `later` was
   * invoked. By default never: that is linearizability. A read from a replica that may lag is said here.
   */
  readonly mayMiss?: (later: Operation<Input, Output>, earlier: Operation<Input, Output>) => boolean
  /** States looked at before the search gives up; a million by default. */
  readonly stepsMax?: number
}

export type Verdict<Input, Output> =
  /** One order that explains everything; open operations that had no effect are not in it. */
  | { readonly type: 'linearizable'; readonly order: readonly Operation<Input, Output>[] }
  /** None does. `order` is the longest that explains a part, `stuck` what could not come next. */
  | {
      readonly type: 'violated'
      readonly order: readonly Operation<Input, Output>[]
      readonly stuck: readonly Operation<Input, Output>[]
    }
  /** The search was given up. */
  | { readonly type: 'undecided' }

/** Looks for an order of `history` that `model` allows and that keeps what returned before what was invoked later. */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  options: SearchOptions<Input, Output> = {},
): Verdict<Input, Output> {
  return new Search(model, history, options).run()
}

class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>
  /** In the order of returning: what returned first is tried first. */
  readonly #operations: readonly Operation<Input, Output>[]
  /** For each operation, those that must come before it. */
  readonly #before: readonly (readonly number[])[]
  readonly #reads: readonly boolean[]
  readonly #done: Uint8Array
  readonly #order: number[] = []
  readonly #seen = new Set<string>()
  readonly #stateNumbers = new Map<State, number>()
  #closedLeft: number
  #stepsLeft: number
  #longest: readonly number[] = []

  constructor(
    model: Model<State, Input, Output>,
    history: readonly Operation<Input, Output>[],
    { mayMiss = () => false, stepsMax = 1e6 }: SearchOptions<Input, Output>,
  ) {
    this.#model = model
    this.#operations = history.toSorted((a, b) => a.returned - b.returned || a.invoked - b.invoked)
    this.#before = this.#operations.map((later) =>
      this.#operations.flatMap((earlier, index) =>
        earlier.returned < later.invoked && !mayMiss(later, earlier) ? [index] : [],
      ),
    )
    this.#reads = this.#operations.map(
      ({ input, output }) => output !== undefined && model.isRead?.(input, output) === true,
    )
    this.#done = new Uint8Array(this.#operations.length)
    this.#closedLeft = this.#operations.filter(isClosed).length
    this.#stepsLeft = stepsMax
  }

  run(): Verdict<Input, Output> {
    const found = this.#explore(this.#model.initial)
    const named = (indexes: readonly number[]): Operation<Input, Output>[] =>
      indexes.flatMap((index) => this.#operations[index] ?? [])
    if (found) return { type: 'linearizable', order: named(this.#order) }
    if (this.#stepsLeft <= 0) return { type: 'undecided' }
    const placed = new Set(this.#longest)
    const stuck = [...this.#operations.keys()].filter(
      (index) =>
        !placed.has(index) &&
        isClosed(this.#operations[index]) &&
        this.#before[index]?.every((earlier) => placed.has(earlier)),
    )
    return { type: 'violated', order: named(this.#longest), stuck: named(stuck) }
  }

  /** Whether what is left can be explained from `state`. On success #order has the explanation. */
  #explore(state: State): boolean {
    const mark = this.#order.length
    // A read that fits now may as well come now: that takes no choice away.
    while (this.#placeReads(state));
    if (this.#closedLeft === 0) return true
    if (this.#order.length > this.#longest.length) this.#longest = [...this.#order]
    if (this.#isNew(state))
      for (let index = 0; index < this.#operations.length; index++)
        if (this.#isReady(index) && this.#reads[index] !== true && this.#tryNext(state, index)) return true
    while (this.#order.length > mark) this.#unplace()
    return false
  }

  /** Whether the operation can come next, and all that is left after it. */
  #tryNext(state: State, index: number): boolean {
    for (const next of this.#step(state, index)) {
      this.#place(index)
      if (this.#explore(next)) return true
      this.#unplace()
    }
    return false
  }

  #placeReads(state: State): boolean {
    let found = false
    for (let index = 0; index < this.#operations.length; index++) {
      if (this.#reads[index] !== true || !this.#isReady(index) || this.#step(state, index).length === 0) continue
      this.#place(index)
      found = true
    }
    return found
  }

  #step(state: State, index: number): readonly State[] {
    const operation = this.#operations[index]
    if (operation === undefined || this.#stepsLeft-- <= 0) return []
    return this.#model.step(state, operation.input, operation.output)
  }

  #isReady(index: number): boolean {
    if (this.#done[index] !== 0) return false
    for (const earlier of this.#before[index] ?? []) if (this.#done[earlier] === 0) return false
    return true
  }

  #place(index: number): void {
    this.#done[index] = 1
    this.#order.push(index)
    if (isClosed(this.#operations[index])) this.#closedLeft--
  }

  #unplace(): void {
    const index = this.#order.pop() ?? 0
    this.#done[index] = 0
    if (isClosed(this.#operations[index])) this.#closedLeft++
  }

  /** Whether the same operations have not led to the same state before. */
  #isNew(state: State): boolean {
    let number = this.#stateNumbers.get(state)
    if (number === undefined) this.#stateNumbers.set(state, (number = this.#stateNumbers.size))
    const key = `${number} ${this.#done.join('')}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }
}

function isClosed(operation: Operation<unknown, unknown> | undefined): boolean {
  return operation?.output !== undefined
}
