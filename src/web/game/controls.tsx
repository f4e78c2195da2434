/** The buttons for all actions but moves; only those that are possible now. */
import { Hint } from '../replay/hint.tsx'
import { offer } from '../state/actions.ts'
import { text } from '../language/more.ts'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { Link } from '../shell/link.tsx'
import { opponent, players } from '../../game/index.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { say } from '../state/ui.ts'
import { SayButton } from '../sayings/say-button.tsx'
import { clearBoard, join, resign } from './actions.ts'
import { nameOfAccount, titleOfRules } from '../words.ts'
import { sayControl, sayMs } from './time.ts'

interface ControlsProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function Controls({ table, standing }: ControlsProps) {
  const { view, shown, me } = standing
  const { outcome, next, match } = shown
  const isMatchOn = match?.over === false
  // Whether the match continues is known once the end of the game is confirmed.
  const canRepeat = outcome !== null && outcome.by !== 'withdrawal' && (match === undefined || view.outcome !== null)
  return (
    <div class="buttons">
      <Seats table={table} standing={standing} />
      {me !== null && outcome === null && <WhilePlaying table={table} standing={standing} />}
      {me !== null && canRepeat && next === undefined && shown.offer === undefined && (
        <button type="button" class="button primary" onClick={() => offer(table, 'rematch')}>
          {text(isMatchOn ? 'nextOfMatch' : 'rematch')}
        </button>
      )}
      {next !== undefined && (
        <Link to={{ page: 'game', game: next }} class="button primary">
          {text(isMatchOn ? 'toNextOfMatch' : 'nextGame')}
        </Link>
      )}
      {shown.seats === 'open' && (
        <ConfirmButton label={text('clearBoard')} question={text('clearAsk')} onConfirm={() => clearBoard(table)} />
      )}
      <SayButton table={table} standing={standing} />
      {shown.clock !== undefined && (
        <button type="button" class="button plain skip" onClick={() => readClocks(table)}>
          {text('readClocks')}
        </button>
      )}
    </div>
  )
}

/** Buttons for free seats, for visitors without a seat. With one free seat, says who invites to what. */
function Seats({ table, standing: { shown, me } }: ControlsProps) {
  if (me !== null || shown.seats === 'open' || shown.outcome !== null) return null
  const free = players.filter((player) => shown.players[player] === null)
  const [player] = free
  if (player === undefined) return null
  if (free.length > 1)
    return free.map((seat) => (
      <button key={seat} type="button" class="button primary" onClick={() => join(table, seat)}>
        {text('joinAs', { player: seat })}
      </button>
    ))
  const name = nameOfAccount(shown.players[opponent(player)])
  const title = titleOfRules(shown.rules)
  const clock = shown.clock === undefined ? [] : [sayControl(shown.clock.control)]
  const match = shown.match === undefined ? [] : [text('bestOf', { length: shown.match.length })]
  const game = [title, ...clock, ...match].join(', ')
  return (
    <section class="arrival">
      <p class="invites">{text('invitesYou', { name, game, player })}</p>
      <button type="button" class="button primary" onClick={() => join(table, player)}>
        {text('playThem', { name })}
      </button>
      <p class="quiet">{text('orWatch')}</p>
    </section>
  )
}

function WhilePlaying({ table, standing }: ControlsProps) {
  const { shown, me } = standing
  if (me === null) return null
  const hasStarted = shown.players.X !== null && shown.players.O !== null
  if (!hasStarted) return null
  const marks = shown.board.replaceAll('.', '').length
  const hasMoved = me === 'X' ? marks > 0 : marks > 1
  const isOffered = shown.offer !== undefined
  return (
    <>
      <button type="button" class="button" disabled={isOffered} onClick={() => offer(table, 'draw')}>
        {text('offerDraw')}
      </button>
      <button type="button" class="button" disabled={isOffered || !hasMoved} onClick={() => offer(table, 'takeback')}>
        {text('takeBack')}
      </button>
      <Hint table={table} standing={standing} />
      <ConfirmButton label={text('resign')} question={text('resignAsk')} onConfirm={() => resign(table)} />
    </>
  )
}

function readClocks({ handle }: PageGame): void {
  const [x, o] = [sayMs(handle.msLeft('X') ?? 0), sayMs(handle.msLeft('O') ?? 0)]
  say(text('saidClocks', { x, o }))
}
