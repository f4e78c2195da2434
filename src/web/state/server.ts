/** The client of the server that this page came from. It connects when it is first needed. */
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
import { firstText } from '../language/text.ts'
import { load, save } from './storage.ts'
import { choose, ui, warn } from './ui.ts'
import { keepUnanswered } from './unsent.ts'

/** Counts the clients so far: when it changes, handles of the earlier client must be opened again. */
export const clientAge = signal(0)

let current: Client | null = null

export function server(): Client {
  return (current ??= open())
}

/** The client; null until it was needed. */
export function serverIfAny(): Client | null {
  return current
}

/** For a page that woke up: reconnects now instead of later. */
export function wakeServer(): void {
  current?.wake()
}

function open(): Client {
  const known = readIdentity()
  const { name } = ui.settings.value
  let used = known?.token
  const client = connect(location.origin, {
    journal: readJournal(),
    ...known,
    // Another page of this browser may have got an account or another name meanwhile.
    findToken: () => (used = readIdentity()?.token),
    // A new account gets the name from the settings.
    name: known === null && name !== null ? name : undefined,
    transport: dial,
    // A move made without a network is delivered later, however long that takes.
    giveUpMs: Infinity,
    onToken(token) {
      keep(client, token, used)
      used = token
    },
    onUnanswered: (handle) => keepUnanswered(client, handle),
  })
  ui.connection.value = client.state
  client.onState((state) => {
    if (client !== current && current !== null) return
    ui.connection.value = state
    if (state.state === 'open') save('journal', client.journal)
    if (state.state === 'closed' && state.error !== null) replace(client, state.error)
  })
  // After the messages of the rejected moves, because it explains them.
  client.onReplaced(() => void systemClock.after(0, () => warn(firstText('gamesReplaced'))))
  return client
}

/** Without an account, waits until no other page is about to get one. */
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

/** The id of the history that the stored views belong to. */
function readJournal(): string | null {
  const kept = load('journal')
  return typeof kept === 'string' ? kept : null
}

/** Stores the account of this client, which connected with the token `used`, unless another page has stored another. */
function keep(client: Client, token: string, used: string | undefined): void {
  const { account } = client
  if (account === null || client !== current) return
  const stored = readIdentity()
  if (stored !== null && stored.token !== used && stored.account.id !== account.id) return startAgain()
  save('identity', { token, account })
  ui.isKnown.value = true
  if (ui.settings.value.name !== null) choose({ name: account.name })
}

/**
 * The server refused this client. If it does not know the token, for example after a change of its key, use a new
 * account.
 */
function replace({ token }: Client, { name }: OxoError): void {
  if (name === 'bad-token') {
    // Another page may have got a new account already.
    if (readIdentity()?.token === token) save('identity', null)
    warn(firstText('wasForgotten'))
  } else if (name === 'bad-name') choose({ name: null })
  else return
  startAgain()
}

/** Replaces the client by one with the currently stored account. */
export function startAgain(): void {
  const before = current
  current = open()
  before?.close()
  clientAge.value++
}
