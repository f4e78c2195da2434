/** A number that is typed, or changed by the buttons beside it. */
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { text } from '../language/more.ts'
import { StepButton } from '../shell/step-button.tsx'

interface NumberFieldProps {
  readonly title: string
  readonly value: number
  readonly min: number
  readonly max: number
  /** Typed numbers up to this one are passed on, so that the page can say why they are too large. By default `max`. */
  readonly typedMax?: number
  /** 1 by default: whole numbers. */
  readonly step?: number
  /** Called with every number that the field allows; the browser explains the others when the form is sent. */
  readonly onType: (value: number) => void
}

export function NumberField({ title, value, min, max, typedMax = max, step = 1, onType }: NumberFieldProps) {
  // What was typed stays in the field, also if it is not allowed.
  const typed = useSignal(String(value))
  const said = useSignal('')
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const take = ({ value: now, valueAsNumber, validity }: HTMLInputElement): void => {
    typed.value = now
    const isTooLarge = validity.rangeOverflow && !validity.stepMismatch && valueAsNumber <= typedMax
    if (validity.valid || isTooLarge) onType(valueAsNumber)
  }
  /** The browser knows the steps and limits: what is not allowed becomes the next number that is. */
  const stepBy = (by: 1 | -1): void => {
    const field = input.current
    if (field === null) return
    if (by === 1) field.stepUp()
    else field.stepDown()
    take(field)
    said.value = `${title}: ${field.value}`
  }
  return (
    <div class="number">
      <label for={id}>{title}</label>
      <small id={`${id}-limits`} class="quiet">
        {text('limits', { min, max })}
      </small>
      <div class="stepper">
        <StepButton
          label={text('decrease', { title })}
          path="M4 10h12"
          isOff={Number(typed.value) <= min}
          onClick={() => stepBy(-1)}
        />
        <input
          ref={input}
          id={id}
          type="number"
          aria-describedby={`${id}-limits`}
          inputMode={step < 1 ? 'decimal' : 'numeric'}
          required
          min={min}
          max={max}
          step={step}
          value={typed.value}
          onInput={({ currentTarget }) => {
            said.value = ''
            take(currentTarget)
          }}
        />
        <StepButton
          label={text('increase', { title })}
          path="M4 10h12M10 4v12"
          isOff={Number(typed.value) >= max}
          onClick={() => stepBy(1)}
        />
      </div>
      <span class="unseen" role="status">
        {said}
      </span>
    </div>
  )
}
