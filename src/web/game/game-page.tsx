/** A game on the server: the same page for players and spectators. */
import type { FunctionComponent } from 'preact'
import { useRef } from 'preact/hooks'
import { opponent, type Player } from '../../game/index.ts'
import { ZoomStage } from '../board/zoom-stage.tsx'
import { text } from '../language/more.ts'
import { isKept } from '../state/storage.ts'
import { MessagePage } from '../shell/message-page.tsx'
import { Steady } from '../shell/steady.tsx'
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { refusal, titleOfRules, turnLine } from '../words.ts'
import { useHeard } from '../sayings/heard.ts'
import { useTitle } from '../shell/title.ts'
import { aboutRules } from './about-rules.ts'
import { useAnnouncer } from './announcer.ts'
import { Controls } from './controls.tsx'
import { GameStage } from './game-board.tsx'
import { MarkChoice } from './mark-choice.tsx'
import { GameMatch } from './match-score.tsx'
import { Offers } from './offers.tsx'
import { PlayerBar } from './player-bar.tsx'
import { GameStatus } from './status.tsx'
import { Waiting } from './waiting.tsx'
import { visit } from './visit.ts'

export { followVisits } from './visit.ts'

export interface GamePageProps {
  /** The component for a finished game. It is passed in because its code is loaded only when it is first needed. */
  readonly Review: FunctionComponent<{ readonly table: PageGame }>
}

export function GamePage({ Review }: GamePageProps) {
  const current = visit.value
  switch (current.state) {
    case 'opening':
      return <Loading />
    case 'failed':
      return <MessagePage sentence={refusal(current.error)} />
    case 'open':
      return <Game table={current.table} Review={Review} />
  }
}

/** The outline of a game. Its rules are not known yet, so the board is the most common one. */
function Loading() {
  return (
    <main class="page game" style={{ '--columns': '3', '--rows': '3' }} aria-busy>
      <div class="middle">
        <div class="where">
          <h1 class="turn">{text('loading')}</h1>
        </div>
        <div class="player" />
        <div class="stage">
          <div class="board outline" />
        </div>
        <div class="player" />
      </div>
    </main>
  )
}

function Game({ table, Review }: GamePageProps & { readonly table: PageGame }) {
  useAnnouncer(table)
  useTitle(turnLine(table, table.standing.value))
  const heard = useHeard(table)
  const standing = table.standing.value
  const { view, shown, me } = standing
  const { rules } = shown
  // The visitor's own player is below the board, as at a real one.
  const below: Player = me ?? 'X'
  return (
    <main class="page game" style={{ '--columns': String(rules.width), '--rows': String(rules.height) }}>
      <div class="middle">
        <GameStatus
          table={table}
          standing={standing}
          score={shown.match && <GameMatch table={table} standing={standing} />}
        />
        <PlayerBar table={table} standing={standing} player={opponent(below)} said={heard[opponent(below)]} />
        <Steady meaning={useBoardMeaning(standing)} class="steady">
          <GameStage table={table} standing={standing} Zoom={ZoomStage} />
        </Steady>
        <PlayerBar table={table} standing={standing} player={below} said={heard[below]} />
      </div>
      <Steady meaning={meaningOfControls(standing)} class="aside">
        {standing.ended === null && (
          <>
            <Waiting table={table} standing={standing} />
            <MarkChoice table={table} />
            <Controls table={table} standing={standing} />
            <Offers table={table} standing={standing} />
          </>
        )}
        {/* Only once the last move is stored: before that, the record lacks it. */}
        {view.outcome !== null && <Review key={shown.game} table={table} />}
        <About standing={standing} />
      </Steady>
    </main>
  )
}

/** Identifies which buttons are next to the board, and thereby their places. */
function meaningOfControls({ shown, me, ended }: PageGameState): string {
  const { game, players, offer, outcome, next, last } = shown
  const declined = last?.type === 'declined' ? last.what : undefined
  return JSON.stringify([
    game,
    me,
    players.X?.id,
    players.O?.id,
    offer,
    declined,
    outcome !== null,
    next,
    ended !== null,
  ])
}

/** Identifies what a tap on the board does. With open seats, each foreign move changes which mark is placed next. */
function useBoardMeaning({ view, shown }: PageGameState): string {
  const now = useRef({ board: shown.board, changes: 0 })
  const { board, changes } = now.current
  // The visitor's own move is on the board before it is confirmed, so a change at a confirmed view is a foreign move.
  const isElsewhere = shown === view && board !== shown.board
  now.current = { board: shown.board, changes: changes + (isElsewhere ? 1 : 0) }
  return shown.seats === 'open' ? `${shown.game} ${now.current.changes}` : shown.game
}

function About({ standing }: { readonly standing: PageGameState }) {
  const { shown, me } = standing
  const { rules } = shown
  return (
    <div class="about quiet">
      <p>
        <strong>{titleOfRules(rules)}.</strong> {aboutRules(rules)}
      </p>
      <p>{sayWatching(standing)}</p>
      {me !== null && shown.outcome === null && !isKept('identity') && <p>{text('keptNothing')}</p>}
    </div>
  )
}

/** Who watches; nothing for somebody who can still join. */
function sayWatching({ shown, me, presence }: PageGameState): string {
  const watching = presence?.watching ?? 0
  if (shown.seats === 'open' || me !== null) return watching === 0 ? '' : text('spectators', { count: watching })
  if (shown.outcome === null && (shown.players.X === null || shown.players.O === null)) return ''
  return watching > 1 ? text('watchingWith', { count: watching - 1 }) : text('watching')
}
