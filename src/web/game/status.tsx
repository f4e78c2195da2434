/** The status line of a game, and below it the notice about the last failed action or about a move that takes long. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { systemClock } from '../../base/index.ts'
import { firstText } from '../language/text.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { say, ui } from '../state/ui.ts'
import { turnLine } from '../words.ts'

interface GameStatusProps {
  readonly table: PageGame
  readonly standing: PageGameState
  /** Shown while there is no notice. */
  readonly score?: ComponentChildren
}

export function GameStatus({ table, standing, score = null }: GameStatusProps) {
  const line = turnLine(table, standing)
  const isSlow = useSlow(standing.isPending && ui.connection.value?.state === 'open')
  const notice = ui.notice.value ?? (isSlow ? firstText('moveOnItsWay') : null)
  return (
    <div class="where">
      {/* A new text is a new element: the sentence is replaced, and nothing moves. */}
      <h1 class={standing.shown.outcome === null ? 'turn' : 'turn ended'}>
        <span key={line}>{line}</span>
      </h1>
      <p class={notice === null ? 'notice score' : 'notice'} aria-hidden={(notice ?? score) === null}>
        {notice ?? score ?? '\u00a0'}
      </p>
    </div>
  )
}

/** After this time without an answer the page says that a move is on its way, in ms. */
const slowMs = 2_000

/** Whether a command has waited long for its answer. Screen readers are told once. */
function useSlow(isWaiting: boolean): boolean {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!isWaiting) return
    const timer = systemClock.after(slowMs, () => {
      setSlow(true)
      say(firstText('moveOnItsWay'))
    })
    return () => timer.cancel()
  }, [isWaiting])
  return isSlow
}
