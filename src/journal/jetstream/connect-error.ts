/** Explains to the operator why no NATS server accepts a node. */
import { createConnection } from 'node:net'
import { errorCode } from '../../base/node/index.ts'
import type { Credentials } from './credentials.ts'
import { answerMsMax } from './limits.ts'

export interface ConnectAttempt extends Credentials {
  /** HOST:PORT or HOST. */
  readonly servers: readonly string[]
  /** Whether the address contains a user or a token. */
  readonly hasUser: boolean
}

type Reason = (attempt: ConnectAttempt, cause: Error) => string

const untrusted: Reason = ({ tls }) =>
  tls?.ca === undefined
    ? 'TLS: this machine does not trust the CA of the servers’ certificate: name the CA with `tls.ca` FILE'
    : `TLS: the servers’ certificate is not signed by the CA in \`tls.ca\` ${tls.ca}: give the file of the CA that signed it`

const refusedUser: Reason = ({ creds, hasUser }) => {
  if (creds !== undefined)
    return `the servers refused the credentials in \`creds\` ${creds}: check that its user is known and not expired or revoked`
  return hasUser
    ? 'the servers refused the user or the password: correct nats://USER:PASSWORD@HOST, or the servers’ `authorization`'
    : 'the servers require credentials: give nats://USER:PASSWORD@HOST or `creds` FILE'
}

/** Keys are codes or names of errors. */
const reasons: Readonly<Record<string, Reason>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: () => 'the servers’ certificate, or the certificate of its CA, has expired: renew it',
  CERT_NOT_YET_VALID: () => 'the servers’ certificate is not valid yet: check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: (_, cause) =>
    `the servers’ certificate is for ${namesOf(cause)}: use these names in \`url\`, or create a certificate for the names there`,
  AuthorizationError: refusedUser,
  UserAuthenticationExpiredError: refusedUser,
  ECONNREFUSED: () => 'nothing listens there: start the servers, or correct the address',
  ENOTFOUND: () => 'there is no host of that name: correct the address, or check the name service',
}

/** @param cause the error that the NATS client threw */
export async function explainConnectError(cause: unknown, attempt: ConnectAttempt): Promise<string> {
  if (!(cause instanceof Error)) return String(cause)
  const { message, name } = cause
  const known = reasons[errorCode(cause) ?? errorCode(cause.cause) ?? name] ?? reasons[name]
  if (known !== undefined) return known(attempt, cause)
  if (/does not support 'tls'/.test(message))
    return 'the servers do not use TLS: write nats:// without `tls.ca`, `tls.cert` and `tls.key`, or enable TLS in the servers'
  return name === 'TimeoutError' ? explainTimeout(attempt) : message
}

/** The names in the servers' certificate, which Node adds to its error as `cert`. */
function namesOf(cause: Error & { readonly cert?: { readonly subjectaltname?: string } }): string {
  return cause.cert?.subjectaltname ?? 'no name at all'
}

/** Explains a timeout. A server that refuses a client certificate closes the connection, which the client reports as a timeout. */
async function explainTimeout({ servers, tls }: ConnectAttempt): Promise<string> {
  const infos = await Promise.all(servers.map(readInfo))
  if (infos.some((info) => info?.tls_verify === true))
    return tls?.cert === undefined
      ? 'the servers require a certificate from this node: give it with `tls.cert` FILE and `tls.key` FILE'
      : `the servers refused the certificate ${tls.cert}: add the CA that signed it to the \`ca_file\` of their \`tls\` block`
  return infos.some((info) => info !== null)
    ? `the servers did not answer within ${answerMsMax} ms: check their load and the network`
    : 'nothing there greets as a NATS server: correct the address, or turn off `handshake_first` in the servers’ `tls` block'
}

interface ServerInfo {
  readonly tls_verify?: boolean
}

/** The INFO line that a server sends first on a new connection. Null: none came in time. */
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

/** Characters that are read at most: many times the longest greeting. */
const infoCharactersMax = 65_536
