/** Variables of the environment that stand for flags, made ready for the parser of flags. */
import type { Option } from 'commander'
import { Stop } from '../server/stop.ts'

const yes = /^(?:1|true|yes|on)$/i
const no = /^(?:0|false|no|off)$/i
/** What Kubernetes puts into every container beside a service that is called `oxo`: nobody has said it. */
const serviceLink = /^(?:tcp|udp|sctp):\/\//

/**
 * A variable that is empty says nothing, blanks around a value are none of it, and a switch can be turned off.
 * @throws Stop for what a switch does not understand.
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
        `${envVar}=${value} is not understood: say true or false (or 1 and 0, yes and no, on and off).`,
      )
    if (value === '' || (isSwitch && no.test(value)) || serviceLink.test(value)) delete env[envVar]
    else env[envVar] = value
  }
}
