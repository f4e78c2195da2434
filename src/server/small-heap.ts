/** Keeps the heap of this process small for a while: V8 lets it grow to several times what is in use before it collects. */
import { setFlagsFromString } from 'node:v8'

/** V8's own: it decides by what it finds, and doubles the space for new objects while many of them are kept. */
const usual = { growingPercent: 0, youngFactor: 2 }
/** The heap is collected when it has grown by so much, and the space for new objects stays as it is: a tenth more CPU. */
const small = { growingPercent: 30, youngFactor: 1 }

let holders = 0

/** Where much is read that nobody keeps. Ends when the result is called, of several the last one. */
export function holdHeapSmall(): () => void {
  if (holders++ === 0) set(small)
  let isHeld = true
  return () => {
    if (isHeld && --holders === 0) set(usual)
    isHeld = false
  }
}

/** Both are looked at by each collection, so they may be set while the process runs. */
function set({ growingPercent, youngFactor }: typeof usual): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`)
  setFlagsFromString(`--semi-space-growth-factor=${youngFactor}`)
}
