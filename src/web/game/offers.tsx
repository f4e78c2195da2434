/** What one player has proposed, and how the other answers. */
import { text } from '../language/more.ts'
import type { Standing, Table } from '../state/table.ts'
import { nameOf } from '../words.ts'
import { answer } from './actions.ts'

interface OffersProps {
  readonly table: Table
  readonly standing: Standing
}

export function Offers({ table, standing }: OffersProps) {
  const { shown, me } = standing
  const { offer, last } = shown
  if (offer === undefined) {
    const isAnswer = last?.type === 'declined' && last.what !== undefined && me !== null && last.player !== me
    return isAnswer && last.what !== undefined ? <p class="offer">{text(`declined_${last.what}`)}</p> : null
  }
  const isOwn = offer.player === me
  const name = nameOf(table, standing, offer.player)
  return (
    <div class="offer">
      <p>{isOwn ? text(`asked_${offer.what}`) : text(`offered_${offer.what}`, { name })}</p>
      {me !== null && (
        <div class="buttons">
          {!isOwn && (
            <button type="button" class="button primary small" onClick={() => answer(table, offer.what, true)}>
              {text('accept')}
            </button>
          )}
          <button type="button" class="button small" onClick={() => answer(table, offer.what, false)}>
            {text(isOwn ? 'withdraw' : 'decline')}
          </button>
        </div>
      )}
    </div>
  )
}
