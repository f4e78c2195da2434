/** The frame around every page: where one is, the way elsewhere, and what lies on top. */
import { ConnectionBanner } from './connection-banner.tsx'
import { Home } from './home.tsx'
import { text } from './language/text.ts'
import { later } from './later.tsx'
import { Link } from './link.tsx'
import { ui } from './ui.ts'

/** Not needed for the first board. */
const GamePage = later(() => import('./game/game-page.tsx').then(({ GamePage: page }) => page))
const LobbyPage = later(() => import('./lobby/lobby-page.tsx').then(({ LobbyPage: page }) => page))
const Dialogs = later(() => import('./dialog/dialogs.tsx').then(({ Dialogs: dialogs }) => dialogs))

export function App() {
  const { page } = ui.route.value
  return (
    <>
      <header class="bar">
        <Link to={{ page: 'home' }} class="brand">
          {text('oxo')}
        </Link>
        <Link to={{ page: 'lobby' }} isCurrent={page === 'lobby'}>
          {text('openGames')}
        </Link>
        <button type="button" class="button plain small" onClick={() => (ui.dialog.value = { name: 'settings' })}>
          {text('settings')}
        </button>
      </header>
      <ConnectionBanner />
      <Page />
      {ui.dialog.value !== null && <Dialogs />}
      <p role="status" class="unseen">
        {ui.announcement.value}
      </p>
    </>
  )
}

function Page() {
  switch (ui.route.value.page) {
    case 'home':
      return <Home />
    case 'lobby':
      return <LobbyPage />
    case 'game':
      return <GamePage />
    case 'missing':
      return <main class="page message">{text('missing')}</main>
  }
}
