/** Announces the events of a game to screen readers, once each, with politeness "polite". */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { GameView } from '../../client/index.ts'
import { firstText } from '../language/text.ts'
import { go } from '../state/navigation.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { say, ui } from '../state/ui.ts'
import { nameOf, turnLine } from '../words.ts'

/** Announces the events of one game while it is on the page. */
export function useAnnouncer(table: PageGame): void {
  const before = useRef<{ readonly table: PageGame; readonly view: GameView } | null>(null)
  useSignalEffect(() => {
    const standing = table.standing.value
    const { view, me } = standing
    const earlier = before.current?.table === table ? before.current.view : null
    before.current = { table, view }
    if (earlier === null || earlier.version === view.version) return
    // Keep these two notices: they explain this very change.
    const notice = ui.notice.value
    if (notice !== firstText('stale') && notice !== firstText('gamesReplaced')) ui.notice.value = null
    say(sayChange(table, standing))
    // Both players agreed on a rematch: open it.
    if (view.next !== undefined && earlier.next === undefined && me !== null) go({ page: 'game', game: view.next })
  })
}

/** The last event of a game, and its state now, in words. */
export function sayChange(table: PageGame, standing: PageGameState): string {
  const sentences = [sayEvent(table, standing), turnLine(table, standing)]
  return sentences.filter((sentence) => sentence !== '').join('. ')
}

function sayEvent(table: PageGame, standing: PageGameState): string {
  const { view, me } = standing
  const { last, rules, board } = view
  const player = last?.player
  switch (last?.type) {
    case 'moved': {
      if (player === undefined || last.x === undefined || last.y === undefined) return ''
      const mark = board[last.y * rules.width + last.x] ?? ''
      return firstText('saidMoved', { name: nameOf(table, standing, player), mark, x: last.x + 1, y: last.y + 1 })
    }
    case 'joined':
      return player === undefined || player === me
        ? ''
        : firstText('saidJoined', { name: nameOf(table, standing, player) })
    case 'offered':
      if (player === undefined || last.what === undefined) return ''
      if (player === me) return firstText(`asked_${last.what}`)
      return firstText(`offered_${last.what}`, { name: nameOf(table, standing, player) })
    case 'declined':
      return last.what === undefined ? '' : firstText(`declined_${last.what}`)
    case 'accepted':
      return last.what === 'takeback' ? firstText('saidTakenBack') : ''
    case 'restarted':
      return firstText('saidRestarted')
    default:
      return ''
  }
}
