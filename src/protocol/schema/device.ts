/** A device that gets notifications by Web Push. */
import * as Type from 'typebox'
import { strict } from './shapes.ts'

export const PushEndpoint = Type.String({
  pattern: '^https?://[!-~]{1,1000}$',
  description: 'The address of the device at its push service. At most 1,000 characters after `https://`.',
})
/** A point of P-256, not compressed. */
const publicKey = (about: string) =>
  Type.String({ pattern: '^B[A-Za-z0-9_-]{86}$', description: `${about} A public key in base64url.` })

export const PushDevice = Type.Object(
  {
    endpoint: PushEndpoint,
    p256dh: publicKey('Of the device.'),
    auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: 'The secret of the device, in base64url.' }),
    key: publicKey('That of `push.key`, with which the device was subscribed.'),
  },
  strict,
)
