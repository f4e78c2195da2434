/** Keeps the heap of this process small for a while. By default V8 lets it grow to several times the live size before it collects. */
import { setFlagsFromString } from 'node:v8'

/** V8's defaults: it chooses the growth itself, and doubles the young generation while many objects survive. */
const usual = { growingPercent: 0, youngFactor: 2 }
/** Collects when the heap has grown by 30 %, and keeps the size of the young generation. Costs a tenth more CPU. */
const small = { growingPercent: 30, youngFactor: 1 }

let holders = 0

/** For work that reads much and keeps little. Call the result to end it; the last holder restores the defaults. */
export function holdHeapSmall(): () => void {
  if (holders++ === 0) set(small)
  let isHeld = true
  return () => {
    if (isHeld && --holders === 0) set(usual)
    isHeld = false
  }
}

/** V8 reads both flags at each collection, so they can be set while the process runs. */
function set({ growingPercent, youngFactor }: typeof usual): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`)
  setFlagsFromString(`--semi-space-growth-factor=${youngFactor}`)
}
