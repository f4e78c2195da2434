/** The client that is graded: each use starts it again, against a scripted server. */
import type { Player } from '../../game/index.ts'
import type { ClientDescription } from '../description/client.ts'
import type { Description } from '../description/description.ts'
import { CheckEvidence } from '../submission/evidence.ts'
import { ScriptedSession } from './session.ts'

export class GradedClient {
  readonly description: Description
  readonly client: ClientDescription
  evidence = new CheckEvidence()
  readonly #folder: string
  readonly #sessions: ScriptedSession[] = []

  constructor(description: Description, client: ClientDescription, folder: string) {
    this.description = description
    this.client = client
    this.#folder = folder
  }

  get playsOne(): boolean {
    return this.client.playsOne
  }

  /** A session that has not begun: neither server nor client runs. */
  async prepare(player: Player = 'X'): Promise<ScriptedSession> {
    const { description, client, evidence } = this
    const session = await ScriptedSession.make({
      description,
      client,
      folder: this.#folder,
      evidence: () => evidence,
      player,
    })
    this.#sessions.push(session)
    return session
  }

  /** Runs the client until it is its turn, calls `use`, and ends the client. */
  async run(use: (session: ScriptedSession) => Promise<void>, player: Player = 'X'): Promise<void> {
    const session = await this.prepare(player)
    await session.begin()
    await use(session)
    await session.close()
  }

  /** Ends all that runs. */
  async stop(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((session) => session.close()))
  }
}
