/** The worker thread that draws pictures of positions, one at a time. */
import { constants, setPriority } from 'node:os'
import { serveCalls } from '../../base/node/index.ts'
import { type Pictured, PositionPainter } from './position.ts'

// On Linux a priority applies to one thread, elsewhere to the process. Pictures must not take a core from moves.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)

const painter = new PositionPainter()

const methods = {
  /** A PNG file. */
  draw: (view: Pictured): Uint8Array<ArrayBuffer> => painter.draw(view),
}

export type PictureMethods = typeof methods

serveCalls(methods)
