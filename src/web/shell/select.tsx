/** One of several values, chosen from a list. */

interface SelectProps<T extends string> {
  readonly title: string
  readonly options: readonly SelectOption<T>[]
  readonly value: T
  readonly onChoose: (value: T) => void
}

export interface SelectOption<T extends string> {
  readonly value: T
  readonly title: string
  /** The language of the title; by default that of the page. */
  readonly lang?: string
  /** False for a name, which no translator of the browser may change. */
  readonly translate?: false
}

export function Select<T extends string>({ title, options, value, onChoose }: SelectProps<T>) {
  return (
    <label class="field">
      <span>{title}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find((each) => each.value === currentTarget.value)
          if (chosen !== undefined) onChoose(chosen.value)
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang} translate={option.translate}>
            {option.title}
          </option>
        ))}
      </select>
    </label>
  )
}
