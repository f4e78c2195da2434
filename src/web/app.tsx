/** The frame around every page: where one is, the way elsewhere, and what lies on top. */
import { Home } from './home.tsx'
import { text } from './language/text.ts'
import { Link } from './link.tsx'
import { ui } from './ui.ts'

export function App() {
  return (
    <>
      <header class="bar">
        <Link to={{ page: 'home' }} class="brand">
          {text('oxo')}
        </Link>
      </header>
      <Page />
      <p role="status" class="unseen">
        {ui.announcement.value}
      </p>
    </>
  )
}

function Page() {
  const route = ui.route.value
  return route.page === 'home' ? <Home /> : <main class="page">{text('missing')}</main>
}
