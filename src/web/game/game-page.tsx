/** A game on the server: the same page for players and for those who watch. */
import type { FunctionComponent } from 'preact'
import { opponent, type Player } from '../../game/index.ts'
import { Stage } from '../board/stage.tsx'
import { ZoomStage } from '../board/zoom-stage.tsx'
import { text } from '../language/more.ts'
import { isKeeping } from '../storage.ts'
import type { Standing, Table } from '../table.ts'
import { refusal, titleOfRules, turnLine } from '../words.ts'
import { useTitle } from '../title.ts'
import { aboutRules } from './about-rules.ts'
import { useAnnouncer } from './announcer.ts'
import { Controls } from './controls.tsx'
import { GameBoard } from './game-board.tsx'
import { Invitation } from './invitation.tsx'
import { MarkChoice } from './mark-choice.tsx'
import { Offers } from './offers.tsx'
import { PlayerBar } from './player-bar.tsx'
import { GameStatus } from './status.tsx'
import { visit } from './visit.ts'

export interface GamePageProps {
  /** What is shown of a game that is over. It comes from outside: it is loaded by itself, when it is first needed. */
  readonly Review: FunctionComponent<{ readonly table: Table }>
}

export function GamePage({ Review }: GamePageProps) {
  const current = visit.value
  switch (current.state) {
    case 'opening':
      return <Message sentence={text('loading')} />
    case 'failed':
      return <Message sentence={refusal(current.error)} />
    case 'open':
      return <Game table={current.table} Review={Review} />
  }
}

function Message({ sentence }: { readonly sentence: string }) {
  return (
    <main class="page message">
      <h1>{sentence}</h1>
    </main>
  )
}

function Game({ table, Review }: GamePageProps & { readonly table: Table }) {
  useAnnouncer(table)
  useTitle(turnLine(table, table.standing.value))
  const standing = table.standing.value
  const { view, shown, me } = standing
  const { rules } = shown
  // One's own side is below the board, as at a real one.
  const below: Player = me ?? 'X'
  return (
    <main class="page game">
      <div class="middle" style={{ '--columns': String(rules.width), '--rows': String(rules.height) }}>
        <GameStatus table={table} standing={standing} />
        <PlayerBar table={table} standing={standing} player={opponent(below)} />
        <Stage Zoom={ZoomStage} columns={rules.width} rows={rules.height} focus={table.cursor.peek()}>
          <GameBoard table={table} standing={standing} />
        </Stage>
        <PlayerBar table={table} standing={standing} player={below} />
      </div>
      <div class="aside">
        {standing.ended === null && (
          <>
            <Offers table={table} standing={standing} />
            <Invitation standing={standing} />
            <MarkChoice table={table} />
            <Controls table={table} standing={standing} />
          </>
        )}
        {/* Once its last move is stored: before, the record is without it. */}
        {view.outcome !== null && <Review key={shown.game} table={table} />}
        <About standing={standing} />
      </div>
    </main>
  )
}

function About({ standing: { shown, me, presence } }: { readonly standing: Standing }) {
  const { rules } = shown
  return (
    <div class="about quiet">
      <p>
        <strong>{titleOfRules(rules)}.</strong> {aboutRules(rules)}
      </p>
      <p>
        {me === null && shown.seats === 'invite' && `${text('watching')}. `}
        {presence !== null && presence.watching > 0 && text('spectators', { count: presence.watching })}
      </p>
      {me !== null && shown.outcome === null && !isKeeping && <p>{text('keptNothing')}</p>}
    </div>
  )
}
