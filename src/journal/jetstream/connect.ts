/** Connects a node to NATS servers. If no server accepts it, the error says why and what to do, in one sentence. */
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
} from '@nats-io/transport-node'
import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { JournalFault } from '../journal.ts'
import { type Credentials, checkTlsFiles, readCreds } from './credentials.ts'
import { answerMsMax, pingMs, reconnectMs } from './limits.ts'
import { explainConnectError } from './connect-error.ts'

export interface NatsAddress {
  /** HOST:PORT or HOST. */
  readonly servers: readonly string[]
  readonly isTls: boolean
  readonly user: { readonly user: string; readonly pass?: string } | { readonly token: string } | undefined
}

/** @throws JournalFault 'unavailable' */
export async function connectTo(access: Credentials, address: NatsAddress): Promise<NatsConnection> {
  const options = optionsOf(access, address)
  try {
    return await connect(options)
  } catch (cause) {
    const { servers, user } = address
    const reason = await explainConnectError(cause, { servers, hasUser: user !== undefined, ...access })
    throw new JournalFault('unavailable', `no NATS server accepts this node at ${servers.join(', ')}: ${reason}`, {
      cause,
    })
  }
}

function optionsOf({ creds, tls = {} }: Credentials, { servers, isTls, user }: NatsAddress): ConnectionOptions {
  checkTlsFiles(tls)
  const { ca: caFile, cert: certFile, key: keyFile } = tls
  const files = { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) }
  const isSecure = isTls || Object.keys(files).length > 0
  return {
    servers: [...servers],
    name: 'oxo',
    timeout: answerMsMax,
    pingInterval: pingMs,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectMs,
    reconnectJitter: reconnectMs,
    noAsyncTraces: true,
    // A node must not receive its own messages to all nodes.
    noEcho: true,
    ...user,
    ...(creds === undefined ? {} : { authenticator: authenticatorOf(creds) }),
    ...(isSecure ? { tls: withIdentity(files, servers) } : {}),
  }
}

function authenticatorOf(file: string): NonNullable<ConnectionOptions['authenticator']> {
  const { kind, bytes } = readCreds(file)
  return kind === 'seed' ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes)
}

/**
 * The NATS client verifies names only. For a server given by its IP address it would expect a certificate for `localhost`, so
 * this verifies the address instead.
 */
function withIdentity<Files extends object>(files: Files, servers: readonly string[]) {
  const hosts = servers.map((server) => new URL(`nats://${server}`).hostname.replaceAll(/[[\]]/g, ''))
  const addresses = hosts.filter((host) => isIP(host) > 0)
  return {
    ...files,
    checkServerIdentity(name: string, certificate: PeerCertificate): Error | undefined {
      const names = name === 'localhost' && !hosts.includes(name) ? addresses : [name]
      const errors = names.map((each) => checkServerIdentity(each, certificate))
      return errors.includes(undefined) ? undefined : errors[0]
    },
  }
}
