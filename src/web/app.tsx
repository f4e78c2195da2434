/** The frame around every page: navigation, banner, page, dialog. */
import { Home } from './home.tsx'
import { MarkShape } from './board/mark.tsx'
import { firstText } from './language/text.ts'
import { Link } from './shell/link.tsx'
import {
  ClusterPage,
  ConnectionBanner,
  Dialogs,
  GamePage,
  HistoryPage,
  LobbyPage,
  PuzzlePage,
  Review,
} from './shell/lazy-parts.ts'
import { MessagePage } from './shell/message-page.tsx'
import { ui } from './state/ui.ts'

export function App() {
  const { page } = ui.route.value
  const needsServer = (page !== 'home' && page !== 'puzzle' && page !== 'cluster') || ui.dialog.value?.name === 'name'
  return (
    <>
      <header class="bar">
        <Link to={{ page: 'home' }} class="brand">
          <MarkShape mark="O" />
          <MarkShape mark="X" />
          <MarkShape mark="O" />
          <span class="unseen">{firstText('oxo')}</span>
        </Link>
        <Link to={{ page: 'lobby' }} isCurrent={page === 'lobby'}>
          {firstText('openGames')}
          <WaitingBadge />
        </Link>
        <button type="button" class="button plain" onClick={() => (ui.dialog.value = { name: 'settings' })}>
          {firstText('settings')}
        </button>
      </header>
      {needsServer && <ConnectionBanner />}
      <Page />
      {ui.dialog.value !== null && <Dialogs />}
      <Voice />
    </>
  )
}

/** The number of games that wait for the visitor. */
function WaitingBadge() {
  const count = ui.waiting.value
  if (count === 0) return null
  return (
    <span class="badge" role="img" aria-label={firstText('waitForYou', { count })}>
      {count}
    </span>
  )
}

/** The announcement for screen readers. It is a component of its own, because rendering it again would repeat it. */
function Voice() {
  const { words, count } = ui.announcement.value
  return (
    <p role="status" class="unseen">
      <span key={count}>{words}</span>
    </p>
  )
}

function Page() {
  switch (ui.route.value.page) {
    case 'home':
      return <Home />
    case 'lobby':
      return <LobbyPage />
    case 'game':
      return <GamePage Review={Review} />
    case 'history':
      return <HistoryPage />
    case 'puzzle':
      return <PuzzlePage />
    case 'cluster':
      return <ClusterPage />
    case 'missing':
      return <MessagePage sentence={firstText('missing')} />
  }
}
