/** What every command that talks to a server shares: connecting once, honestly, and saying how it failed. */
import { type Client, type ClientOptions, connect, OxoError } from '../client/node/index.ts'
import { Stop } from './stop.ts'

/**
 * Connects, and resolves once the server has said hello; from then on the client comes back by itself.
 * @throws Stop 'unreachable' when the first attempt fails: nobody should wait for a server that is not there.
 */
export async function openClient(server: string, options: ClientOptions = {}): Promise<Client> {
  const client = connect(server, options)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = client.onState((state) => {
    if (state.state === 'open') resolve()
    if (state.state === 'closed') reject(state.error ?? new Stop('unreachable', `${server} closed the connection.`))
    if (state.state === 'waiting') reject(new Stop('unreachable', makeUnreachable(server, state.reason)))
  })
  try {
    await promise
    return client
  } catch (cause) {
    client.close()
    throw cause
  } finally {
    stop()
  }
}

/** Runs `work` with a client of its own, and turns refusals into the end of the command. @throws Stop */
export async function withClient<T>(
  server: string,
  options: ClientOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    const client = await openClient(server, options)
    try {
      return await work(client)
    } finally {
      client.close()
    }
  } catch (cause) {
    throw cause instanceof OxoError ? new Stop('refused', `${cause.name}: ${cause.message}.`, { cause }) : cause
  }
}

function makeUnreachable(server: string, reason: string): string {
  return `No Oxo server answers at ${server} (${reason}): start one with \`oxo serve\`, or name another.`
}
