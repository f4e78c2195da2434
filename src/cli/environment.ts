/** Prepares the environment variables that stand for flags for the flag parser. */
import type { Option } from 'commander'
import { Stop } from '../server/stop.ts'

const yes = /^(?:1|true|yes|on)$/i
const no = /^(?:0|false|no|off)$/i
/** Matches variables that Kubernetes sets in every container if a service is named `oxo`: nobody chose these values. */
const serviceLink = /^(?:tcp|udp|sctp):\/\//

/**
 * Ignores empty variables, trims values, and lets a switch be turned off.
 * @throws Stop if the value of a switch is neither true nor false.
 */
export function readEnvironment(options: readonly Option[], env: NodeJS.ProcessEnv): void {
  for (const option of options) {
    const { envVar } = option
    const said = envVar === undefined ? undefined : env[envVar]
    if (envVar === undefined || said === undefined) continue
    const value = said.trim()
    const isSwitch = !option.required && !option.optional
    if (isSwitch && value !== '' && !yes.test(value) && !no.test(value))
      throw new Stop(
        'usage',
        `${envVar}=${value} is not understood: use true or false (or 1 and 0, yes and no, on and off).`,
      )
    if (value === '' || (isSwitch && no.test(value)) || serviceLink.test(value)) delete env[envVar]
    else env[envVar] = value
  }
}
