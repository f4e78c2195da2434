/**
 * Checks whether a history of concurrent operations can be explained by one order in which they took effect one at a
 * time: the search of Wing and Gong (1993), with Lowe's cache of visited states.
 */

/** One operation as its caller saw it. Times come from one clock, in any unit; only their order matters. */
export interface Operation<Input, Output> {
  readonly input: Input
  /** Absent if the outcome is unknown: the operation may have taken effect at any time after `invoked`, or never. */
  readonly output?: Output
  readonly invoked: number
  /** Infinity while the outcome is unknown. Equal times count as overlapping. */
  readonly returned: number
}

/** The sequential specification: the effect of each operation without concurrency. */
export interface Model<State, Input, Output> {
  readonly initial: State
  /**
   * The states that `input` may lead to from `state` with exactly this output (undefined: any output); empty if none.
   * States are compared by identity, so equal states should be the same object.
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[]
  /** Whether an operation with this output never changes the state. Optional; it makes the search fast. */
  isRead?(input: Input, output: Output): boolean
}

export interface SearchOptions<Input, Output> {
  /**
   * Whether `later` may be explained by a state from before `earlier`, though `earlier` had returned when `later` was
   * invoked. The default is never, which is linearizability. Use it for reads from a replica that may lag.
   */
  readonly mayMiss?: (later: Operation<Input, Output>, earlier: Operation<Input, Output>) => boolean
  /** The number of steps after which the search gives up; a million by default. */
  readonly stepsMax?: number
}

export type Verdict<Input, Output> =
  /** An order that explains the history; open operations without effect are not in it. */
  | { readonly type: 'linearizable'; readonly order: readonly Operation<Input, Output>[] }
  /** There is no such order. `order` is the longest partial one, `stuck` the operations that cannot come next. */
  | {
      readonly type: 'violated'
      readonly order: readonly Operation<Input, Output>[]
      readonly stuck: readonly Operation<Input, Output>[]
    }
  /** The search was given up. */
  | { readonly type: 'undecided' }

/**
 * Searches an order of `history` that `model` allows and that keeps operations before all those invoked after their
 * return.
 */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  options: SearchOptions<Input, Output> = {},
): Verdict<Input, Output> {
  return new Search(model, history, options).run()
}

class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>
  /** By time of return: the operation that returned first is tried first. */
  readonly #operations: readonly Operation<Input, Output>[]
  /** For each operation, the indexes of those that must come before it. */
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

  /** Whether the remaining operations can be explained from `state`. On success `#order` is the explanation. */
  #explore(state: State): boolean {
    const mark = this.#order.length
    // A read that fits now can be placed now: that excludes no later choice.
    while (this.#placeReads(state));
    if (this.#closedLeft === 0) return true
    if (this.#order.length > this.#longest.length) this.#longest = [...this.#order]
    if (this.#isNew(state))
      for (let index = 0; index < this.#operations.length; index++)
        if (this.#isReady(index) && this.#reads[index] !== true && this.#tryNext(state, index)) return true
    while (this.#order.length > mark) this.#unplace()
    return false
  }

  /** Whether the operation can come next, with all remaining ones after it. */
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

  /** Whether this combination of placed operations and state is visited for the first time. */
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
