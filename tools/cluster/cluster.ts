/**
 * `npm run cluster`: runs three NATS servers and three nodes from the sources on this machine, for experiments with failures.
 * A killed process starts again after a delay. Ctrl-C ends all of them and deletes their data.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runLocalCluster, type LauncherOptions } from '../../src/cli/demo/launcher.ts'
import { findNatsServerOnPath } from '../../src/cli/demo/nats-program.ts'
import { findOrInstallNatsServer } from './nats.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')

/** The page and three nodes need ports that follow each other. */
const portMax = 65_535 - 3

const usage = `npm run cluster -- [--port 1952] [--restart 10] [--partitions 1] [--demo]

  --port        port of the first node; the others use the next ones; 0: any free ports
  --restart     seconds until a killed process starts again; 0: never
  --partitions  number of streams among which the games are divided
  --demo        opens a page at --port with buttons that kill, freeze, cut off and start the processes, and a
                game of two bots; the nodes use the next ports; nothing restarts by itself unless --restart is given`

function readSettings(): Omit<LauncherOptions, 'natsServer' | 'oxo'> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '1952' },
      restart: { type: 'string' },
      partitions: { type: 'string', default: '1' },
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) throw new Error(usage)
  const { demo: isDemo, restart = isDemo ? '0' : '10' } = values
  const [port = Number.NaN, seconds = Number.NaN, partitions = Number.NaN] = [
    values.port,
    restart,
    values.partitions,
  ].map(Number)
  const isPort = Number.isInteger(port) && port >= 0 && port <= portMax
  if (!isPort || !(seconds >= 0) || !Number.isInteger(partitions) || partitions < 1) throw new Error(usage)
  return { port, restartMs: seconds * 1000, partitions, isDemo }
}

try {
  const settings = readSettings()
  // In the path, in OXO_NATS_SERVER or in the cache; otherwise it is fetched.
  const natsServer = findNatsServerOnPath() ?? findOrInstallNatsServer('current')
  await runLocalCluster({ natsServer, oxo: [process.execPath, main], ...settings })
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
}
