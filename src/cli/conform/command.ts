/** `oxo conform`: checks a server, prints what differs, and writes the file to publish. */
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { conform, type Conformance, type EmptyServer, type ConformanceResult } from '../../conformance/conform.ts'
import type { Endpoint } from '../../conformance/endpoint.ts'
import { countResults, describeFailedCheck, makeConformanceFile, summarize } from '../../conformance/report.ts'
import { exitCodes, Stop } from '../../server/stop.ts'
import { version } from '../../server/version.ts'
import { parseServer } from '../address.ts'
import type { ConformSettings } from './options.ts'
import { StartedServer } from './started-server.ts'

/** Sets the exit code to 1 if a check failed. @throws Stop with exit code 2 if the server could not be checked */
export async function conformServer(server: string | undefined, settings: ConformSettings): Promise<void> {
  const { start, patience, json } = settings
  const startEmpty = start === undefined ? null : (): Promise<EmptyServer> => StartedServer.start(start)
  if (server === undefined && startEmpty === null)
    throw new Stop('usage', 'Name the server, or a command that starts one with --start.')
  const own = server === undefined ? await startEmpty?.() : undefined
  try {
    const place = own?.place ?? placeOf(server ?? '')
    const conformance = await conform({ place, patience, startEmpty, onResult: printFailure })
    if (conformance === null)
      throw new Stop(
        'usage',
        `${place.host} port ${place.port} answers none of Oxo's protocols: is the server running?`,
      )
    report(conformance, json)
  } finally {
    await own?.[Symbol.asyncDispose]()
  }
}

function report(conformance: Conformance, file: string | undefined): void {
  process.stdout.write(summarize(conformance))
  if (countResults(conformance.results).failed > 0) process.exitCode = exitCodes.failed
  if (file === undefined) return
  const text = `${JSON.stringify(makeConformanceFile(conformance, `oxo ${version}`), null, 2)}\n`
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw new Stop('usage', `${file} cannot be written: name another file with --json.`, { cause })
  }
}

function printFailure(result: ConformanceResult): void {
  if (result.outcome === 'failed') process.stdout.write(describeFailedCheck(result))
}

const standardPorts: Readonly<Record<string, number>> = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443 }

function placeOf(text: string): Endpoint {
  const { protocol, hostname, port } = new URL(parseServer(text).server)
  const isSecure = protocol === 'https:' || protocol === 'wss:'
  return {
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: port === '' ? (standardPorts[protocol] ?? 1952) : Number(port),
    isSecure,
  }
}
