/** Files of the package beside the program. This module and the built one have the same distance to them. */
import { fileURLToPath } from 'node:url'

/** The configuration of a NATS server that operators are given. */
export const natsConfFile = fileURLToPath(new URL('../../deploy/nats/nats.conf', import.meta.url))
/** The `oxo` command. */
export const oxoFile = fileURLToPath(new URL('../../bin/oxo.js', import.meta.url))
