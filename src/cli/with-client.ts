/** Shared by all commands that talk to a server: connects once and explains failures. */
import { systemClock } from '../base/index.ts'
import { type Client, type ClientOptions, connect, OxoError } from '../client/node/index.ts'
import { type TokenFile, openTokenFile } from './token-file.ts'
import { errorCode } from '../base/node/index.ts'
import { command } from './invocation.ts'
import { Stop } from '../server/stop.ts'
import { whyNotUpgraded } from './why-not-upgraded.ts'

/** How long the search for the reason of a failure may take, in ms. */
const patienceMs = 5_000
/** How long to wait for a server that does not answer yet, in ms: a server starts within seconds. */
const startMs = 30_000

export interface WithClientOptions extends ClientOptions {
  /** Waits for a server that does not answer yet, and prints that: for games whose server may be starting just now. */
  readonly waits?: boolean
  /** For commands that do not play: stores no new account, and may share one that another terminal uses. */
  readonly isLooking?: boolean
}

/**
 * Connects, and resolves when the server has answered hello; from then on the client reconnects by itself.
 * @throws Stop 'unreachable' if the first attempt fails or, with `waits`, all attempts during `startMs`.
 */
export async function openClient(
  server: string,
  { waits = false, ...options }: WithClientOptions = {},
): Promise<Client> {
  const client = connect(server, options)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let reason: string | null = null
  const giveUp = (): void => void explain(server, reason ?? '').then(reject)
  const timer = waits ? systemClock.after(startMs, giveUp) : null
  const stop = client.onState((state) => {
    if (state.state === 'open') resolve()
    if (state.state === 'closed') reject(state.error ?? new Stop('unreachable', `${server} closed the connection.`))
    if (state.state !== 'waiting') return
    const isFirst = reason === null
    reason = state.reason
    if (!waits) return giveUp()
    if (!isFirst) return
    void explain(server, reason).then((stop) => {
      if (isDistrusted(stop.cause)) return reject(stop)
      if (client.state.state !== 'open')
        console.error(`${stop.message} Trying again for ${startMs / 1_000} s; Ctrl-C stops.`)
    })
  })
  try {
    await promise
    return client
  } catch (cause) {
    client.close()
    throw cause
  } finally {
    timer?.cancel()
    stop()
  }
}

/** Runs `work` with a new client, and turns refusals into a `Stop`. @throws Stop */
export function withClient<T>(
  server: string,
  options: WithClientOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return use(() => openClient(server, options), work)
}

/** Like `withClient`, with this terminal's account on the server. @throws Stop */
export async function withAccount<T>(
  server: string,
  options: WithClientOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const account = openTokenFile(server, { name: options.name, isLooking: options.isLooking })
  try {
    return await use(() => openAs(account, server, options), work)
  } finally {
    account.close()
  }
}

/** A server whose signing key has changed refuses the stored token: then the terminal gets a new account. */
async function openAs(account: TokenFile, server: string, options: WithClientOptions): Promise<Client> {
  const { token, keep: onToken } = account
  try {
    return await openClient(server, { ...options, token, onToken })
  } catch (cause) {
    if (token === null || !(cause instanceof OxoError) || cause.name !== 'bad-token') throw cause
    account.forget()
    console.error(`${server} no longer knows you (${cause.message}): you get a new account.`)
    return openClient(server, { ...options, onToken })
  }
}

async function use<T>(open: () => Promise<Client>, work: (client: Client) => Promise<T>): Promise<T> {
  try {
    const client = await open()
    try {
      return await work(client)
    } finally {
      client.close()
    }
  } catch (cause) {
    throw cause instanceof OxoError ? new Stop('refused', `${cause.name}: ${cause.message}.`, { cause }) : cause
  }
}

/** Why the updates of a game ended before the game did. */
export function whySilent({ state }: Client): Error {
  const reason = state.state === 'closed' ? state.error : null
  return reason ?? new Stop('failed', 'The game ended without an outcome.')
}

const noTls = 'it does not use TLS: use http://'

/** Explanations of the error codes of the system and Node. */
const whys: Readonly<Record<string, string>> = {
  'Client network socket disconnected before secure TLS connection was established': noTls,
  'bad port': 'web clients are not allowed to use this port',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'its host name cannot be looked up now',
  EHOSTUNREACH: 'there is no route to this host',
  ENETUNREACH: 'there is no route to this host',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
}

/** Node's WebSocket does not report why it failed, its fetch does. `reason` is used if neither finds out more. */
async function explain(server: string, reason: string): Promise<Stop> {
  const url = server.replace(/^ws/, 'http')
  const cause = url.startsWith('http') ? await whyNotFetched(url) : null
  const answer = cause === null && url.startsWith('http') ? await whyNotUpgraded(url, patienceMs) : null
  return answer instanceof Stop ? answer : makeUnreachable(server, cause, answer ?? reason)
}

/** @param cause the error of `fetch`, if it failed. @param reason used if `cause` explains nothing. */
export function makeUnreachable(server: string, cause: unknown, reason: string): Stop {
  if (isDistrusted(cause)) return stopOfCertificate(server, cause)
  const inner = cause instanceof Error ? cause.cause : null
  const why = whys[inner instanceof Error ? inner.message : ''] ?? whys[errorCode(inner) ?? ''] ?? reason
  const advice = `start one with \`${command === 'oxo' ? 'oxo serve' : 'npm start'}\`, or name another`
  return new Stop('unreachable', `No Oxo server answers at ${server} (${why}): ${advice}.`, { cause })
}

/** Returns the error of `fetch`; null if the server answers. */
async function whyNotFetched(url: string): Promise<unknown> {
  try {
    await fetch(new URL('/livez', url), { signal: AbortSignal.timeout(patienceMs) })
    return null
  } catch (cause) {
    return cause
  }
}

function isDistrusted(cause: unknown): cause is Error {
  return cause instanceof Error && /CERT|SIGNATURE/.test(errorCode(cause.cause) ?? '')
}

function stopOfCertificate(server: string, cause: Error): Stop {
  const advice =
    'set NODE_EXTRA_CA_CERTS to the file of the CA that signed it, and use a host name from the certificate'
  const what = `The certificate of ${server} is not trusted (${errorCode(cause.cause)})`
  return new Stop('unreachable', `${what}: ${advice}.`, { cause })
}
