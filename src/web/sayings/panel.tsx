/** The six phrases and six reactions, and the choice to hear none. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { phrases, reactions, type Saying } from '../../protocol/sayings.ts'
import { Tick } from '../dialog/tick.tsx'
import { text } from '../language/more.ts'
import { ask } from '../state/ask.ts'
import type { PageGame } from '../state/page-game.ts'
import { choose, ui } from '../state/ui.ts'
import { SayingShape } from './saying.tsx'

export interface SayingsPanelProps {
  readonly table: PageGame
  readonly onClose: () => void
}

export function SayingsPanel({ table, onClose }: SayingsPanelProps) {
  const panel = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => panel.current?.showModal(), [])
  const close = (): void => panel.current?.close()
  const say = (what: Saying): void => {
    close()
    void ask((_client, options) => table.handle.say(what, options))
  }
  const row = (names: readonly Saying[], name: string) => (
    <div class={name}>
      {names.map((what) => (
        <button key={what} type="button" class="button" title={text(`say_${what}`)} onClick={() => say(what)}>
          <SayingShape what={what} />
        </button>
      ))}
    </div>
  )
  return (
    <dialog
      ref={panel}
      class="sayings"
      aria-label={text('saySomething')}
      onClose={onClose}
      onClick={({ target }) => target === panel.current && close()}
    >
      <div>
        {row(phrases, 'phrases')}
        {row(reactions, 'reactions')}
        <Tick title={text('muteSayings')} isOn={ui.settings.value.mutes} onTick={(mutes) => choose({ mutes })} />
        <button type="button" class="button plain" onClick={close}>
          {text('cancel')}
        </button>
      </div>
    </dialog>
  )
}
