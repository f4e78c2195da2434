/** The connection banner, shown only if there is a problem: its reason, the next attempt, and a waiting move. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { systemClock } from '../../base/index.ts'
import type { ConnectionState } from '../../client/index.ts'
import { visit } from '../game/visit.ts'
import { text } from '../language/more.ts'
import { isolate } from '../language/text.ts'
import { wakeServer } from '../state/server.ts'
import { isKept } from '../state/storage.ts'
import { useTick } from '../state/tick.ts'
import { say, ui } from '../state/ui.ts'
import { unansweredOf } from '../state/unsent.ts'

export function ConnectionBanner() {
  const connection = ui.connection.value
  const isWaiting = connection?.state === 'waiting'
  useTick(500, isWaiting)
  const isLost = connection !== null && connection.state !== 'open' && !isFirstTry(connection)
  const isWaitingMove = visit.value.state === 'open' && visit.value.table.standing.value.isPending
  const wasLost = useRef(false)
  const [isStranger, setStranger] = useState(false)
  useEffect(() => {
    // A page cannot see why a WebSocket was refused, but it can see the answer to a request.
    if (isWaiting) void isNameRefused().then(setStranger)
  }, [isWaiting])
  useEffect(() => {
    if (isLost) say(isWaitingMove ? `${describe()} ${text('moveWaiting')}` : describe())
    else if (wasLost.current) say(text('connectedAgain'))
    wasLost.current = isLost
  }, [isLost, isLost && isWaitingMove])
  if (!isLost) return null
  return (
    <div class="banner" role="group" aria-label={text('connection')}>
      <p>
        {isStranger ? (
          <strong>
            {text('nameRefused', { name: isolate(location.host), flag: `--allow-origin ${location.origin}` })}
          </strong>
        ) : (
          <span key={connection.state}>{describe()}</span>
        )}{' '}
        {isWaitingMove && <strong>{text('moveWaiting')}</strong>}{' '}
        {visit.value.state === 'open' &&
          isWaitingMove &&
          !isKept(unansweredOf(visit.value.table.handle.id)) &&
          text('keepOpen')}
      </p>
      {isWaiting && (
        <button type="button" class="button small" onClick={wakeServer}>
          {text('tryNow')}
        </button>
      )}
    </div>
  )
}

/** Whether the server refuses this page's origin, because it does not know the host name in the page's address. */
async function isNameRefused(): Promise<boolean> {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
    const headers = { 'Content-Type': 'application/json' }
    // A login portal would redirect to another origin, which this page may not request.
    const answer = await fetch('/rpc', { method: 'POST', headers, body, redirect: 'manual' })
    return answer.status === 403 && ((await answer.json()) as { readonly name?: unknown }).name === 'bad-origin'
  } catch {
    return false
  }
}

/** Whether this is the first attempt to connect, which needs no banner. */
function isFirstTry(connection: ConnectionState): boolean {
  return connection.state === 'connecting' && connection.attempt === 0
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
