/** `oxo demo`: a cluster on this machine that can be disturbed from its page. */
import { oxoFile } from '../package-files.ts'
import { Stop } from '../../server/stop.ts'
import { runLocalCluster } from './launcher.ts'
import { requireNatsServer } from './nats-program.ts'

/** Resolves when a signal has stopped it. @throws Stop */
export async function demo({ port }: { readonly port: number }): Promise<void> {
  const natsServer = requireNatsServer()
  try {
    await runLocalCluster({
      natsServer,
      oxo: [process.execPath, oxoFile],
      port,
      restartMs: 0,
      partitions: 1,
      isDemo: true,
    })
  } catch (cause) {
    throw cause instanceof Stop ? cause : new Stop('failed', cause instanceof Error ? cause.message : String(cause))
  }
}
