/** How the server is reached, said only when there is something to say: what is wrong, what follows, what waits. */
import { systemClock } from '../base/index.ts'
import { visit } from './game/visit.ts'
import { text } from './language/more.ts'
import { isolate } from './language/text.ts'
import { wakeServer } from './server.ts'
import { useTick } from './tick.ts'
import { ui } from './ui.ts'

export function ConnectionBanner() {
  const connection = ui.connection.value
  const isWaiting = connection?.state === 'waiting'
  useTick(500, isWaiting)
  if (connection === null || connection.state === 'open') return null
  if (connection.state === 'connecting' && connection.attempt === 0) return null
  const isKept = visit.value.state === 'open' && visit.value.table.standing.value.isPending
  return (
    <div class="banner" role="group" aria-label={text('connection')}>
      <p>
        <span key={connection.state}>{describe()}</span> {isKept && <strong>{text('moveWaiting')}</strong>}
      </p>
      {isWaiting && (
        <button type="button" class="button small" onClick={wakeServer}>
          {text('tryNow')}
        </button>
      )}
    </div>
  )
}

function describe(): string {
  const connection = ui.connection.value
  switch (connection?.state) {
    case 'waiting': {
      if (!ui.isOnline.value) return text('noNetwork')
      const seconds = Math.max(0, Math.ceil((connection.retryAt - systemClock.now()) / 1000))
      return seconds === 0 ? text('reconnectingNow') : text('reconnecting', { seconds })
    }
    case 'closed':
      return text('connectionRefused', { reason: isolate(connection.error?.message ?? '') })
    default:
      return text('reconnectingNow')
  }
}
