/** What the page of the demonstration may ask the launcher: who runs, and to kill, freeze, cut or start one of its processes. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DemoAction, demoActions, type DemoOrder, type DemoPart, type DemoState } from '../../protocol/demo.ts'
import type { BotsGame } from './bots-game.ts'
import type { LocalCluster } from './local-cluster.ts'
import type { LocalProcess } from './local-process.ts'

/** An order has less than 60 bytes. */
const orderBytesMax = 1_000

export interface ControlOptions {
  readonly cluster: LocalCluster
  readonly bots: BotsGame
  /** HOST:PORT of the page. */
  readonly host: string
  readonly token: string
}

export class Control {
  readonly #options: ControlOptions

  constructor(options: ControlOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.#refuse(request)
    if (refusal !== null) return void response.writeHead(refusal).end()
    if (request.method === 'POST') {
      const order = parseOrder(await readText(request))
      const status = order === null ? 400 : this.#obey(order) ? 204 : 409
      return void response.writeHead(status).end()
    }
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(this.#state()))
  }

  /**
   * The status of a refusal; null if the request may be answered. A page of another site does not know the token, may not send
   * the header, and has another Origin; a name of it that points here is another Host.
   */
  #refuse({ method, headers }: IncomingMessage): number | null {
    const { host, token } = this.#options
    const { origin = `http://${host}`, authorization = '' } = headers
    if (headers.host !== host || origin !== `http://${host}`) return 403
    if (!isSame(authorization, `Bearer ${token}`)) return 401
    if (method !== 'GET' && method !== 'POST') return 405
    return method === 'POST' && headers['content-type'] !== 'application/json' ? 415 : null
  }

  #state(): DemoState {
    const { cluster, bots } = this.#options
    return { parts: this.#parts().map((part) => describe(cluster, part)), bots: bots.state }
  }

  #parts(): readonly LocalProcess[] {
    const { cluster } = this.#options
    return [...cluster.nodes, ...cluster.servers]
  }

  /** Whether the action was possible. */
  #obey({ part: name, action }: DemoOrder): boolean {
    const { cluster } = this.#options
    const part = this.#parts().find((each) => each.name === name)
    if (part === undefined || !actionsOf(cluster, part).includes(action)) return false
    act(cluster, part, action)
    return true
  }
}

function describe(cluster: LocalCluster, part: LocalProcess): DemoPart {
  const { name, url, state } = part
  const isCut = cluster.isCut(part)
  return { name, url, state, isCut, isNode: cluster.nodes.includes(part), actions: actionsOf(cluster, part) }
}

function actionsOf(cluster: LocalCluster, part: LocalProcess): readonly DemoAction[] {
  switch (part.state) {
    case 'gone':
      return ['start']
    case 'starting':
      return ['kill']
    case 'frozen':
      return ['kill', 'thaw']
    case 'running':
      if (!cluster.nodes.includes(part)) return ['kill', 'freeze']
      return ['kill', 'freeze', cluster.isCut(part) ? 'join' : 'cut']
  }
}

function act(cluster: LocalCluster, part: LocalProcess, action: DemoAction): void {
  switch (action) {
    case 'kill':
      return part.signal('SIGKILL')
    case 'start':
      // A node that reaches no NATS server does not start.
      cluster.join(part)
      return void cluster.run(part).catch((cause: unknown) => console.error(String(cause)))
    case 'freeze':
      return part.freeze()
    case 'thaw':
      return part.thaw()
    case 'cut':
      return cluster.cut(part)
    case 'join':
      return cluster.join(part)
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The body as text; empty if it is too long. */
async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > orderBytesMax) return ''
  }
  return text
}

function parseOrder(text: string): DemoOrder | null {
  try {
    const { part, action } = JSON.parse(text) as Partial<DemoOrder>
    const known = demoActions.find((each) => each === action)
    return typeof part === 'string' && known !== undefined ? { part, action: known } : null
  } catch {
    return null
  }
}
