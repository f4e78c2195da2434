/** Renders components that change with time alone. */
import { useEffect, useState } from 'preact/hooks'
import { systemClock, type Timer } from '../../base/index.ts'

/** Renders the component again every `ms` while `isRunning`. */
export function useTick(ms: number, isRunning: boolean): void {
  const [, draw] = useState(0)
  useEffect(() => {
    if (!isRunning) return
    let timer: Timer
    const arm = (): void => {
      timer = systemClock.after(ms, () => {
        draw((count) => count + 1)
        arm()
      })
    }
    arm()
    return () => timer.cancel()
  }, [ms, isRunning])
}
