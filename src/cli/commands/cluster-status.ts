/** `oxo cluster status`: asks any one node about all nodes. */
import { makeClusterText } from '../../gateway/index.ts'
import { type ClusterStatus, isSilent } from '../../protocol/index.ts'
import { parseServer } from '../address.ts'
import { Stop } from '../../server/stop.ts'
import { makeUnreachable } from '../with-client.ts'

/** The timeout of the request, in ms: longer than a node takes to ask the others. */
const patienceMs = 10_000

/** @throws Stop */
export async function clusterStatus(url: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const status = await readStatus(url)
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : makeClusterText(status))
  const trouble = findTrouble(status)
  if (trouble !== null) throw new Stop('failed', trouble)
}

/** @throws Stop */
export async function readStatus(url: string): Promise<ClusterStatus> {
  const { server } = parseServer(url)
  const address = URL.parse('/cluster', server)
  if (address === null || !/^https?:$/.test(address.protocol))
    throw new Stop('usage', `${url} has no status: use an http:// or https:// address.`)
  let answer: Response
  try {
    const signal = AbortSignal.timeout(patienceMs)
    answer = await fetch(address, { headers: { Accept: 'application/json' }, signal })
  } catch (cause) {
    throw makeUnreachable(server, cause, 'it does not answer')
  }
  if (!answer.ok) throw new Stop('refused', `${address.href} answers with status ${answer.status}.`)
  return (await answer.json()) as ClusterStatus
}

/** The most important problem; null if there is none. */
export function findTrouble({ nodes, streams }: ClusterStatus): string | null {
  const unready = nodes.find(({ ready }) => !ready)
  if (unready !== undefined) return `The node ${unready.url} is not ready.`
  if (streams === null) return 'The servers of the journal do not answer.'
  for (const { name, copies, copiesWanted } of streams) {
    if (!copies.some(({ isLeader }) => isLeader)) return `The stream ${name} has no leader: it takes no moves.`
    const good = copies.filter((copy) => copy.isCurrent && !isSilent(copy)).length
    if (good < copiesWanted) return `The stream ${name} has ${good} of ${copiesWanted} copies.`
  }
  return null
}
