/** A page that cannot show what its address names: why, and where to continue. */
import { firstText } from '../language/text.ts'
import { Link } from './link.tsx'

export function MessagePage({ sentence }: { readonly sentence: string }) {
  return (
    <main class="page message">
      <h1>{sentence}</h1>
      <p class="under">
        <Link to={{ page: 'home' }} class="button">
          {firstText('playHere')}
        </Link>
        <Link to={{ page: 'lobby' }} class="button">
          {firstText('openGames')}
        </Link>
      </p>
    </main>
  )
}
