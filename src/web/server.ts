/** The client of the server that this page came from: connected from the first time that somebody needs it. */
import { signal } from '@preact/signals'
import { systemClock } from '../base/index.ts'
import { type Client, connect, type OxoError } from '../client/index.ts'
import type { Account } from '../game/index.ts'
import { text } from './language/text.ts'
import { load, save } from './storage.ts'
import { ui, warn } from './ui.ts'
import { keepUnanswered } from './unanswered.ts'

/** Counts the clients there were: what was opened with an earlier one is to be opened again. */
export const clientAge = signal(0)

let current: Client | null = null

export function server(): Client {
  return (current ??= open())
}

/** Null until somebody needed the server. */
export function serverIfAny(): Client | null {
  return current
}

/** For a page that woke up: tries now what was to be tried later. */
export function wakeServer(): void {
  current?.wake()
}

interface Identity {
  readonly token: string
  readonly account: Account
}

function open(): Client {
  const known = readIdentity()
  const client = connect(location.origin, {
    token: known?.token,
    account: known?.account,
    journal: readJournal(),
    // A move made in a tunnel is delivered after it, however long that is.
    giveUpMs: Infinity,
    onToken: (token) => client.account !== null && save('identity', { token, account: client.account }),
    onUnanswered: (handle) => keepUnanswered(client, handle),
  })
  ui.connection.value = client.state
  client.onState((state) => {
    if (client !== current && current !== null) return
    ui.connection.value = state
    if (state.state === 'open') save('journal', client.journal)
    if (state.state === 'closed' && state.error !== null) replace(state.error)
  })
  // Behind what the moves say that came to nothing: this is why.
  client.onReplaced(() => void systemClock.after(0, () => warn(text('gamesReplaced'))))
  return client
}

/** The server will not have this client. With another key it knows no token of the old one: go on as somebody new. */
function replace(error: OxoError): void {
  if (error.name !== 'bad-token') return
  save('identity', null)
  current = open()
  warn(text('wasForgotten'))
  clientAge.value++
}

/** Which games the kept views are of. */
function readJournal(): string | null {
  const kept = load('journal')
  return typeof kept === 'string' ? kept : null
}

function readIdentity(): Identity | null {
  const kept = load('identity') as Partial<Identity> | null
  if (typeof kept?.token !== 'string' || typeof kept.account?.id !== 'string') return null
  return { token: kept.token, account: { id: kept.account.id, name: String(kept.account.name) } }
}
