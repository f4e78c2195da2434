/** Says aloud what happens in a game, once, politely. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { GameView } from '../../client/index.ts'
import { text } from '../language/text.ts'
import { go } from '../state/navigation.ts'
import type { Standing, Table } from '../state/table.ts'
import { say, ui } from '../state/ui.ts'
import { nameOf, turnLine } from '../words.ts'

/** Watches one game for as long as it is on the page. */
export function useAnnouncer(table: Table): void {
  const before = useRef<{ readonly table: Table; readonly view: GameView } | null>(null)
  useSignalEffect(() => {
    const standing = table.standing.value
    const { view, me } = standing
    const earlier = before.current?.table === table ? before.current.view : null
    before.current = { table, view }
    if (earlier === null || earlier.version === view.version) return
    // These tell of the very change.
    const notice = ui.notice.value
    if (notice !== text('stale') && notice !== text('gamesReplaced')) ui.notice.value = null
    say(sayChange(table, standing))
    // Both agreed on another game: both go there.
    if (view.next !== undefined && earlier.next === undefined && me !== null) go({ page: 'game', game: view.next })
  })
}

/** What the last event of a game was, and where the game stands now. */
export function sayChange(table: Table, standing: Standing): string {
  const sentences = [sayEvent(table, standing), turnLine(table, standing)]
  return sentences.filter((sentence) => sentence !== '').join('. ')
}

function sayEvent(table: Table, standing: Standing): string {
  const { view, me } = standing
  const { last, rules, board } = view
  const player = last?.player
  switch (last?.type) {
    case 'moved': {
      if (player === undefined || last.x === undefined || last.y === undefined) return ''
      const mark = board[last.y * rules.width + last.x] ?? ''
      return text('saidMoved', { name: nameOf(table, standing, player), mark, x: last.x + 1, y: last.y + 1 })
    }
    case 'joined':
      return player === undefined || player === me ? '' : text('saidJoined', { name: nameOf(table, standing, player) })
    case 'offered':
      if (player === undefined || last.what === undefined) return ''
      if (player === me) return text(`asked_${last.what}`)
      return text(`offered_${last.what}`, { name: nameOf(table, standing, player) })
    case 'declined':
      return last.what === undefined ? '' : text(`declined_${last.what}`)
    case 'accepted':
      return last.what === 'takeback' ? text('saidTakenBack') : ''
    case 'restarted':
      return text('saidRestarted')
    default:
      return ''
  }
}
