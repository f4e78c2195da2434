/** Why no NATS server takes a node, for whoever has to change that. */
import { createConnection } from 'node:net'
import type { Credentials } from './credentials.ts'
import { answerMsMax } from './limits.ts'

export interface Attempt extends Credentials {
  /** HOST:PORT or HOST. */
  readonly servers: readonly string[]
  /** Whether the address says who asks. */
  readonly hasUser: boolean
}

type Reason = (attempt: Attempt, cause: Error) => string

const untrusted: Reason = ({ tls }) =>
  tls?.ca === undefined
    ? 'nobody whom this machine trusts signed their certificate: name who did with --nats-tls-ca FILE'
    : `their certificate is not signed by whom --nats-tls-ca ${tls.ca} names: give the file of who did`

const refusedUser: Reason = ({ creds, hasUser }) => {
  if (creds !== undefined)
    return `they do not let in who --nats-creds ${creds} says: let its user be known to them, and not expired or revoked`
  return hasUser
    ? 'they know no such user with that password: mend nats://USER:PASSWORD@HOST, or the servers’ `authorization`'
    : 'they ask who this is: say it with nats://USER:PASSWORD@HOST or --nats-creds FILE'
}

/** By the code or the name of the error. */
const reasons: Readonly<Record<string, Reason>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: () => 'their certificate, or that of who signed it, has expired: renew it',
  CERT_NOT_YET_VALID: () => 'their certificate is not valid yet: look at the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: (_, cause) =>
    `their certificate is for ${namesOf(cause)}: name them so in --journal, or have one made for the names there`,
  AuthorizationError: refusedUser,
  UserAuthenticationExpiredError: refusedUser,
  ECONNREFUSED: () => 'nothing listens there: start them, or mend the address',
  ENOTFOUND: () => 'there is no host of that name: mend the address, or the name service',
}

/** @param cause what the client of NATS threw */
export async function explainConnectError(cause: unknown, attempt: Attempt): Promise<string> {
  if (!(cause instanceof Error)) return String(cause)
  const { message, name } = cause
  const known = reasons[codeOf(cause) ?? codeOf(cause.cause) ?? name] ?? reasons[name]
  if (known !== undefined) return known(attempt, cause)
  if (/does not support 'tls'/.test(message))
    return 'they speak no TLS: write nats:// without --nats-tls-…, or turn TLS on in the servers'
  return name === 'TimeoutError' ? explainSilence(attempt) : message
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

/** As Node adds it to its error: the certificate that was shown. */
function namesOf(cause: Error & { readonly cert?: { readonly subjectaltname?: string } }): string {
  return cause.cert?.subjectaltname ?? 'no name at all'
}

/** A server that does not take a certificate hangs up without a word that the client would pass on. */
async function explainSilence({ servers, tls }: Attempt): Promise<string> {
  const infos = await Promise.all(servers.map(readInfo))
  if (infos.some((info) => info?.tls_verify === true))
    return tls?.cert === undefined
      ? 'they demand a certificate of this node: give it with --nats-tls-cert FILE and --nats-tls-key FILE'
      : `they do not take the certificate ${tls.cert}: who signed it must stand in the \`ca_file\` of their \`tls\``
  return infos.some((info) => info !== null)
    ? `they do not answer within ${answerMsMax} ms: look at what keeps them busy, and at the network`
    : 'whatever listens there does not greet as NATS servers do: mend the address, or turn `handshake_first` off in their `tls`'
}

interface ServerInfo {
  readonly tls_verify?: boolean
}

/** What a server says to whoever connects, before anything else. Null: nothing in time. */
function readInfo(server: string): Promise<ServerInfo | null> {
  const { hostname, port } = new URL(`nats://${server}`)
  const host = hostname.replaceAll(/[[\]]/g, '')
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(port === '' ? 4222 : port) })
    let text = ''
    const end = (info: ServerInfo | null): void => {
      socket.destroy()
      resolve(info)
    }
    socket.setEncoding('utf8').setTimeout(answerMsMax, () => end(null))
    socket.on('error', () => end(null)).on('close', () => end(null))
    socket.on('data', (piece: string) => {
      text += piece
      const line = /^INFO (\{.*\})\s*\r\n/.exec(text)?.[1]
      if (line !== undefined) end(JSON.parse(line) as ServerInfo)
      else if (text.length > infoCharactersMax) end(null)
    })
  })
}

/** Many times the longest greeting. */
const infoCharactersMax = 65_536
