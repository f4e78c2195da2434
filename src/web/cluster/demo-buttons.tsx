/** The buttons that disturb one process of a demonstration. */
import type { DemoAction, DemoPart } from '../../protocol/demo.ts'
import type { TextKey } from '../language/catalogue.ts'
import { text } from '../language/more.ts'
import { Steady } from '../shell/steady.tsx'
import type { Demo } from './demo.ts'

const titles = {
  kill: 'demoKill',
  start: 'demoStart',
  freeze: 'demoFreeze',
  thaw: 'demoThaw',
  cut: 'demoCut',
  join: 'demoJoin',
} as const satisfies Readonly<Record<DemoAction, TextKey>>

/** Each place has one of two opposite actions, so that buttons stay where they are. */
const places = [
  ['kill', 'start'],
  ['freeze', 'thaw'],
  ['cut', 'join'],
] as const

export function DemoButtons({ part, demo }: { readonly part: DemoPart; readonly demo: Demo }) {
  const { name, actions, isNode } = part
  const shown = places.filter((pair) => isNode || !pair.some((action) => action === 'cut'))
  return (
    <div class="acts" role="group" aria-label={name}>
      {shown.map(([first, second]) => {
        const action = actions.includes(second) ? second : first
        return (
          <Steady key={first} tag="div" meaning={action}>
            <button
              type="button"
              class="button"
              disabled={!actions.includes(action)}
              onClick={() => demo.order({ part: name, action })}
            >
              {text(titles[action])}
              <span class="unseen"> {name}</span>
            </button>
          </Steady>
        )
      })}
    </div>
  )
}

/** What was done to the process, which the cluster does not know; empty if nothing was. */
export function sayDone({ state, isCut }: DemoPart): string {
  if (state === 'gone') return text('demoGone')
  if (state === 'frozen') return text('demoFrozen')
  if (state === 'starting') return text('demoStarting')
  return isCut ? text('demoIsCut') : ''
}
