/** What the players of the game on the page have just said. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { systemClock, type Timer } from '../../base/index.ts'
import type { Player } from '../../game/index.ts'
import { type Saying, sayings } from '../../protocol/sayings.ts'
import { text } from '../language/more.ts'
import type { PageGame } from '../state/page-game.ts'
import { say, ui } from '../state/ui.ts'
import { nameOf } from '../words.ts'

/** How long a saying is shown, in ms. */
const shownMs = 5_000

export type Heard = Readonly<Record<Player, Saying | null>>

const nothing: Heard = { X: null, O: null }

/** Shows and announces what is said while this game is on the page; of a muted opponent nothing. */
export function useHeard(table: PageGame): Heard {
  const heard = useSignal(nothing)
  useEffect(() => {
    const timers: { [Each in Player]?: Timer } = {}
    const show = (by: Player, what: Saying | null): void => void (heard.value = { ...heard.peek(), [by]: what })
    const stop = table.handle.onSaid(({ by, what }) => {
      const standing = table.standing.peek()
      // A newer server may know more of them.
      if (!sayings.includes(what) || (by !== standing.me && ui.settings.peek().mutes)) return
      timers[by]?.cancel()
      timers[by] = systemClock.after(shownMs, () => show(by, null))
      show(by, what)
      say(text('saidBy', { name: nameOf(table, standing, by), words: text(`say_${what}`) }))
    })
    return () => {
      stop()
      for (const timer of Object.values(timers)) timer.cancel()
      heard.value = nothing
    }
  }, [table])
  return heard.value
}
