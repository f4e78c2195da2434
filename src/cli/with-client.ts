/** What every command that talks to a server shares: connecting once, honestly, and saying how it failed. */
import { systemClock } from '../base/index.ts'
import { type Client, type ClientOptions, connect, OxoError } from '../client/node/index.ts'
import { type TokenFile, openTokenFile } from './token-file.ts'
import { codeOf } from '../server/files.ts'
import { command } from './invocation.ts'
import { Stop } from '../server/stop.ts'
import { whyNotUpgraded } from './why-not-upgraded.ts'

/** How long is looked for a reason, in ms. */
const patienceMs = 5_000
/** How long a server that does not answer yet is waited for: a start takes seconds, a wrong address no patience. */
const startMs = 30_000

export interface TalkOptions extends ClientOptions {
  /** Waits for a server that does not answer yet, and says so: for games, which others start at the same time. */
  readonly waits?: boolean
  /** Plays nothing: no account is made for it, and one that another terminal plays as will do. */
  readonly isLooking?: boolean
}

/**
 * Connects, and resolves once the server has said hello; from then on the client comes back by itself.
 * @throws Stop 'unreachable' when the first attempt fails, or all of them for `startMs` where it `waits`.
 */
export async function openClient(server: string, { waits = false, ...options }: TalkOptions = {}): Promise<Client> {
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
        console.error(`${stop.message} It is tried again for ${startMs / 1_000} s; Ctrl-C ends this.`)
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

/** Runs `work` with a client of its own, and turns refusals into the end of the command. @throws Stop */
export function withClient<T>(server: string, options: TalkOptions, work: (client: Client) => Promise<T>): Promise<T> {
  return use(() => openClient(server, options), work)
}

/** `withClient`, as the account that this terminal has on the server. @throws Stop */
export async function withAccount<T>(
  server: string,
  options: TalkOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const account = openTokenFile(server, { name: options.name, isLooking: options.isLooking })
  try {
    return await use(() => openAs(account, server, options), work)
  } finally {
    account.close()
  }
}

/** A server with another key knows no token of the old one: whoever comes with one goes on as somebody new. */
async function openAs(account: TokenFile, server: string, options: TalkOptions): Promise<Client> {
  const { token, keep: onToken } = account
  try {
    return await openClient(server, { ...options, token, onToken })
  } catch (cause) {
    if (token === null || !(cause instanceof OxoError) || cause.name !== 'bad-token') throw cause
    account.forget()
    console.error(`${server} no longer knows you (${cause.message}): you are somebody new.`)
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

/** Why a game went silent before it was over. */
export function whySilent({ state }: Client): Error {
  const reason = state.state === 'closed' ? state.error : null
  return reason ?? new Stop('failed', 'The game ended without an outcome.')
}

const noTls = 'it speaks no TLS: use http://'

/** What the system and Node call it where no server is reached, in words. */
const whys: Readonly<Record<string, string>> = {
  'Client network socket disconnected before secure TLS connection was established': noTls,
  'bad port': 'no client of the web may use this port',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no host has this name',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'no way leads to this host',
  ENETUNREACH: 'no way leads to this host',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
}

/** Node's WebSocket does not say why it failed, its fetch does. `reason`: what is known otherwise. */
async function explain(server: string, reason: string): Promise<Stop> {
  const url = server.replace(/^ws/, 'http')
  const cause = url.startsWith('http') ? await whyNotFetched(url) : null
  const answer = cause === null && url.startsWith('http') ? await whyNotUpgraded(url, patienceMs) : null
  return answer instanceof Stop ? answer : makeUnreachable(server, cause, answer ?? reason)
}

/** @param cause what `fetch` threw, if it did. @param reason what is known otherwise */
export function makeUnreachable(server: string, cause: unknown, reason: string): Stop {
  if (isDistrusted(cause)) return stopOfCertificate(server, cause)
  const inner = cause instanceof Error ? cause.cause : null
  const why = whys[inner instanceof Error ? inner.message : ''] ?? whys[codeOf(inner) ?? ''] ?? reason
  const advice = `start one with \`${command === 'oxo' ? 'oxo serve' : 'npm start'}\`, or name another`
  return new Stop('unreachable', `No Oxo server answers at ${server} (${why}): ${advice}.`, { cause })
}

/** What `fetch` throws; null: it is answered. */
async function whyNotFetched(url: string): Promise<unknown> {
  try {
    await fetch(new URL('/livez', url), { signal: AbortSignal.timeout(patienceMs) })
    return null
  } catch (cause) {
    return cause
  }
}

function isDistrusted(cause: unknown): cause is Error {
  return cause instanceof Error && /CERT|SIGNATURE/.test(codeOf(cause.cause) ?? '')
}

function stopOfCertificate(server: string, cause: Error): Stop {
  const advice = 'name the file of its signer in NODE_EXTRA_CA_CERTS, and the server as the certificate does'
  const what = `The certificate of ${server} is not trusted (${codeOf(cause.cause)})`
  return new Stop('unreachable', `${what}: ${advice}.`, { cause })
}
