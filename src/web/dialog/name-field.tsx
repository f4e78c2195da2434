/** The input for a name, with the reason why the last one was refused. */
import { text } from '../language/more.ts'
import { ui } from '../state/ui.ts'

interface NameFieldProps {
  readonly value: string
  readonly isRequired: boolean
  readonly about: string
  readonly onType: (name: string) => void
}

export function NameField({ value, onType, isRequired, about }: NameFieldProps) {
  return (
    <div class="field">
      <label class="field">
        <span>{text('name')}</span>
        <input
          name="name"
          dir="auto"
          value={value}
          required={isRequired}
          maxLength={96}
          autocomplete="nickname"
          aria-describedby="name-about"
          onInput={({ currentTarget }) => onType(currentTarget.value)}
        />
      </label>
      <small id="name-about" aria-live="polite" class={ui.notice.value === null ? 'quiet' : 'notice'}>
        {ui.notice.value ?? about}
      </small>
    </div>
  )
}
