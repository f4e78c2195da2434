/** The open offer and its buttons, or the answer that declined it. */
import { opponent } from '../../game/index.ts'
import { text } from '../language/more.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { nameOf } from '../words.ts'
import { answerOffer } from './actions.ts'

interface OffersProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

/** Its place is there before and after an offer, so that an offer moves nothing. */
export function Offers({ table, standing }: OffersProps) {
  const { shown, me } = standing
  const isAlone = me === null || shown.players[opponent(me)] === null || shown.players[opponent(me)]?.bot !== undefined
  if (isAlone && shown.offer === undefined) return null
  return (
    <div class="offers">
      <Offer table={table} standing={standing} />
    </div>
  )
}

function Offer({ table, standing }: OffersProps) {
  const { shown, me } = standing
  const { offer, last, match } = shown
  if (offer === undefined) {
    const isAnswer = last?.type === 'declined' && last.what !== undefined && me !== null && last.player !== me
    return isAnswer && last.what !== undefined ? <p class="offer">{text(`declined_${last.what}`)}</p> : null
  }
  const isOwn = offer.player === me
  const name = nameOf(table, standing, offer.player)
  const what = offer.what === 'rematch' && match?.over === false ? 'next' : offer.what
  return (
    <div class="offer">
      <p>{isOwn ? text(`asked_${what}`) : text(`offered_${what}`, { name })}</p>
      {me !== null && (
        <div class="buttons">
          {!isOwn && (
            <button type="button" class="button primary small" onClick={() => answerOffer(table, offer.what, true)}>
              {text(`accept_${what}`)}
            </button>
          )}
          <button type="button" class="button small" onClick={() => answerOffer(table, offer.what, false)}>
            {text(isOwn ? 'withdraw' : 'decline')}
          </button>
        </div>
      )}
    </div>
  )
}
