/** A table for tests of screens and keys: it records the commands. */
import type { GameView, Notification } from '../../client/index.ts'
import { type Player, presets, type Rules } from '../../game/index.ts'
import type { LinkState, TerminalGame } from '../play/terminal-game.ts'

const ada = { id: 'ada', name: 'Ada' }
const bo = { id: 'bo', name: 'Bo' }

/** A view of Ada (X) against Bo (O), changed by `differing`. */
export function makeTestView(differing: Partial<GameView> = {}): GameView {
  const rules: Rules = differing.rules ?? presets.tictactoe
  const board = '.'.repeat(rules.width * rules.height)
  return {
    game: 'g',
    version: 2,
    rules,
    seats: 'invite',
    board,
    turn: 'X',
    players: { X: ada, O: bo },
    outcome: null,
    ...differing,
  }
}

export class FakeTable implements TerminalGame {
  view: GameView
  mine: readonly Player[]
  isPending = false
  online: Readonly<Record<Player, boolean>> | null = null
  said: Notification<'game.said'> | null = null
  link: LinkState = { state: 'open', server: 'http://localhost:1952' }
  invitation: string | null = 'http://localhost:1952/games/g'
  /** The commands, oldest first. */
  readonly asked: string[] = []
  /** The reason with which every command is refused; null: none is refused. */
  refusal: string | null = null

  #changed: () => void = () => {}

  constructor(differing: Partial<GameView> = {}, mine: readonly Player[] = ['X']) {
    this.view = makeTestView(differing)
    this.mine = mine
  }

  msLeft(player: Player): number | null {
    return this.view.clock?.[player] ?? null
  }

  move({ x, y }: { readonly x: number; readonly y: number }, mark?: Player): Promise<void> {
    return this.#ask(mark === undefined ? `move ${x} ${y}` : `move ${x} ${y} ${mark}`)
  }

  resign(): Promise<void> {
    return this.#ask('resign')
  }

  offer(what: string): Promise<void> {
    return this.#ask(`offer ${what}`)
  }

  answer(what: string, accept: boolean): Promise<void> {
    return this.#ask(`${accept ? 'accept' : 'decline'} ${what}`)
  }

  say(what: string): Promise<void> {
    return this.#ask(`say ${what}`)
  }

  restart(): Promise<void> {
    return this.#ask('restart')
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  /** Applies a change from the server. */
  hear(differing: Partial<GameView>): void {
    this.view = { ...this.view, ...differing }
    this.#changed()
  }

  close(): void {}

  async #ask(what: string): Promise<void> {
    this.asked.push(what)
    if (this.refusal !== null) throw new Error(this.refusal)
  }
}
