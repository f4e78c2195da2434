/** The chain of `chain.ts` on Node's one-shot hash: a third of a microsecond. */
import { hash } from 'node:crypto'
import type { NextChain } from '../chain.ts'

export const nodeChain: NextChain = (previous, version, body) => {
  const message = Buffer.allocUnsafe(24 + body.length * 3)
  message.write(previous, 0, 'hex')
  message.writeUInt32BE(Math.floor(version / 2 ** 32), 16)
  message.writeUInt32BE(version >>> 0, 20)
  const length = 24 + message.write(body, 24)
  return hash('sha256', message.subarray(0, length), 'hex').slice(0, 32)
}
