/** The page of open and live games. */
import { useEffect } from 'preact/hooks'
import type { GameSummary } from '../../client/index.ts'
import { type PresetName, presetNames, presets } from '../../game/index.ts'
import { playSomeone } from '../state/actions.ts'
import { Picture } from '../board/picture.tsx'
import { joinListed } from '../game/actions.ts'
import { sayGame } from '../game/match-score.tsx'
import { saySince, sayControl } from '../game/time.ts'
import { text } from '../language/more.ts'
import { Link } from '../shell/link.tsx'
import { Select } from '../shell/select.tsx'
import { serverIfAny } from '../state/server.ts'
import type { PageGame } from '../state/page-game.ts'
import { Steady } from '../shell/steady.tsx'
import { useTitle } from '../shell/title.ts'
import { ui } from '../state/ui.ts'
import { nameOfAccount, titleOfRules, turnLine } from '../words.ts'
import { followLobby, liveBoards, lobby, wanted } from './lobby.ts'

export function LobbyPage() {
  useEffect(followLobby, [])
  useTitle(text('lobbyTitle'))
  const { games, own } = lobby.value
  const open = games?.filter(({ status }) => status === 'open') ?? []
  const live = games?.filter(({ status }) => status === 'live') ?? []
  return (
    <main class="page lobby">
      <div class="head">
        <h1>{text('lobbyTitle')}</h1>
        <Filter />
        <div class="buttons">
          <button
            type="button"
            class="button primary"
            onClick={() => playSomeone(presets[wanted.value ?? 'tictactoe'])}
          >
            {text('playSomeone')}
          </button>
          <button type="button" class="button" onClick={() => (ui.dialog.value = { name: 'new-game' })}>
            {text('newGame')}
          </button>
        </div>
      </div>
      {/* Always present, so that a notice does not move the content below it. */}
      <p class="notice" aria-hidden={ui.notice.value === null}>
        {ui.notice.value ?? '\u00a0'}
      </p>
      {games === null ? (
        <p class="quiet">{text('loading')}</p>
      ) : (
        <div class="lists">
          <List title={text('waitingGames')} games={open} none={text('nothingOpen')} />
          <List title={text('liveGames')} games={live} none={text('nothingLive')} />
          {own.length > 0 && <List title={text('yourGames')} games={own} none="" />}
        </div>
      )}
      <p>
        <Link to={{ page: 'puzzle' }} class="button plain">
          {text('puzzleTitle')}
        </Link>
        <Link to={{ page: 'history' }} class="button plain">
          {text('historyTitle')}
        </Link>
        <Link to={{ page: 'cluster' }} class="button plain">
          {text('clusterLink')}
        </Link>
      </p>
    </main>
  )
}

function Filter() {
  const all = { value: '', title: text('allRules') } as const
  return (
    <Select<PresetName | ''>
      title={text('filterRules')}
      options={[all, ...presetNames.map((name) => ({ value: name, title: text(name) }))]}
      value={wanted.value ?? ''}
      onChoose={(name) => (wanted.value = name === '' ? null : name)}
    />
  )
}

interface ListProps {
  /** The game in which the visitor waits; it is withdrawn if the visitor joins another. */
  readonly waiting?: PageGame | undefined
  readonly title: string
  readonly games: readonly GameSummary[]
  readonly none: string
}

export function List({ title, games, none, waiting }: ListProps) {
  return (
    <section>
      <h2>
        {title} {games.length > 0 && <span class="quiet">{games.length}</span>}
      </h2>
      {games.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul class="games">
          {games.map((summary, place) => (
            // Rows move up when one above them is removed.
            <Steady key={summary.game} tag="li" meaning={String(place)}>
              <Item summary={summary} waiting={waiting} />
            </Steady>
          ))}
        </ul>
      )}
    </section>
  )
}

interface ItemProps {
  readonly summary: GameSummary
  readonly waiting: PageGame | undefined
}

function Item({ summary: { game, rules, players, status, clock, match, outcome, at }, waiting }: ItemProps) {
  const owner = players.X ?? players.O
  const me = serverIfAny()?.account?.id
  const isMine = me !== undefined && (players.X?.id === me || players.O?.id === me)
  const table = status === 'live' ? liveBoards.value.find(({ handle }) => handle.id === game) : undefined
  const standing = table?.standing.value
  const board = status === 'open' ? '.'.repeat(rules.width * rules.height) : standing?.shown.board
  return (
    <>
      {board !== undefined && <Picture rules={rules} board={board} />}
      <div>
        <p class="who">
          {status === 'open' ? (
            <bdi translate={false}>{nameOfAccount(owner)}</bdi>
          ) : (
            text('versus', { a: nameOfAccount(players.X), b: nameOfAccount(players.O) })
          )}
        </p>
        <p class="quiet">
          {[
            titleOfRules(rules),
            clock === undefined ? null : sayControl(clock),
            match === undefined ? null : status === 'open' ? text('bestOf', { length: match.length }) : sayGame(match),
            outcomeOf(outcome),
            status === 'open' ? saySince(at) : null,
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </p>
        {table !== undefined && standing !== undefined && <p class="quiet">{turnLine(table, standing)}</p>}
      </div>
      {status === 'open' && !isMine ? (
        <button type="button" class="button small primary" onClick={() => joinListed(game, waiting)}>
          {text('join')}
        </button>
      ) : (
        <Link to={{ page: 'game', game }} class="button small">
          {text(status === 'over' ? 'review' : isMine ? 'goOn' : 'watch')}
        </Link>
      )}
    </>
  )
}

function outcomeOf(outcome: GameSummary['outcome']): string | null {
  if (outcome === null) return null
  if (outcome.by === 'withdrawal') return text('withdrawn')
  return outcome.winner === null ? text('draw') : text('won', { name: outcome.winner })
}
