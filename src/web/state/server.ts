/** The client of the server that this page came from: connected from the first time that somebody needs it. */
import { signal } from '@preact/signals'
import { systemClock } from '../../base/index.ts'
import {
  type Client,
  connect,
  type Dial,
  dialWebSocket,
  type OxoError,
  type Transport,
  type TransportListener,
} from '../../client/index.ts'
import { readIdentity } from './identity.ts'
import { text } from '../language/text.ts'
import { load, save } from './storage.ts'
import { choose, ui, warn } from './ui.ts'
import { keepUnanswered } from './unsent.ts'

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

function open(): Client {
  const known = readIdentity()
  const { name } = ui.settings.value
  const client = connect(location.origin, {
    journal: readJournal(),
    ...known,
    // Another page of this browser may have become somebody, or is called otherwise by now.
    findToken: () => readIdentity()?.token,
    // What the settings show is what others see.
    name: known === null && name !== null ? name : undefined,
    transport: dial,
    // A move made in a tunnel is delivered after it, however long that is.
    giveUpMs: Infinity,
    onToken: (token) => keep(client, token),
    onUnanswered: (handle) => keepUnanswered(client, handle),
  })
  ui.connection.value = client.state
  client.onState((state) => {
    if (client !== current && current !== null) return
    ui.connection.value = state
    if (state.state === 'open') save('journal', client.journal)
    if (state.state === 'closed' && state.error !== null) replace(client, state.error)
  })
  // Behind what the moves say that came to nothing: this is why.
  client.onReplaced(() => void systemClock.after(0, () => warn(text('gamesReplaced'))))
  return client
}

/** Whoever is nobody yet waits until no other page is about to become somebody. */
function dial(url: URL, listener: TransportListener): Transport {
  if (readIdentity() !== null) return dialWebSocket(url, listener)
  let transport: Transport | null = null
  let isOver = false
  const use = (dialNow: Dial): void => {
    if (!isOver) transport = dialNow(url, listener)
  }
  import('../shell/first-contact.ts').then(
    ({ dialInTurn }) => use(dialInTurn),
    () => use(dialWebSocket),
  )
  return {
    send: (message) => transport?.send(message),
    close() {
      isOver = true
      transport?.close()
    },
  }
}

/** Which games the kept views are of. */
function readJournal(): string | null {
  const kept = load('journal')
  return typeof kept === 'string' ? kept : null
}

function keep({ account }: Client, token: string): void {
  if (account === null) return
  save('identity', { token, account })
  if (ui.settings.value.name !== null) choose({ name: account.name })
}

/** The server will not have this client. With another key it knows no token of the old one: go on as somebody new. */
function replace({ token }: Client, { name }: OxoError): void {
  if (name === 'bad-token') {
    // Another page may have become somebody new already.
    if (readIdentity()?.token === token) save('identity', null)
    warn(text('wasForgotten'))
  } else if (name === 'bad-name') choose({ name: null })
  else return
  startAgain()
}

/** With another client, as whoever this browser is by now. */
export function startAgain(): void {
  const before = current
  current = open()
  before?.close()
  clientAge.value++
}
