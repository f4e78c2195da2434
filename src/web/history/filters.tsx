/** Three lists to choose from: opponent, rules, result. The texts of the rows come from the newest game of each group. */
import type { TextKey } from '../language/catalogue.ts'
import { text } from '../language/more.ts'
import { Select, type SelectOption } from '../shell/select.tsx'
import { nameOfAccount, titleOfRules } from '../words.ts'
import { type Played, results } from './figures.ts'
import { anyGame, examplesOf, filter, type Filter, keys, type Trait } from './filter.ts'

export function Filters({ games }: { readonly games: readonly Played[] }) {
  if (games.length === 0) return null
  const opponents = examplesOf(games, 'opponent').map((game) => ({
    value: keys.opponent(game),
    title: nameOfAccount(game.opponent),
    translate: false as const,
  }))
  const rules = examplesOf(games, 'rules').map((game) => ({
    value: keys.rules(game),
    title: titleOfRules(game.summary.rules),
  }))
  const outcomes = results.map((result) => ({ value: result, title: text(`result_${result}`) }))
  return (
    <div class="head">
      <Choice trait="opponent" title="opponent" options={opponents} />
      <Choice trait="rules" title="rules" options={rules} />
      <Choice trait="result" title="resultTitle" options={outcomes} />
    </div>
  )
}

interface ChoiceProps<Each extends Trait> {
  readonly trait: Each
  readonly title: TextKey
  readonly options: readonly SelectOption<Filter[Each]>[]
}

function Choice<Each extends Trait>({ trait, title, options }: ChoiceProps<Each>) {
  return (
    <Select<Filter[Each]>
      title={text(title)}
      options={[{ value: anyGame[trait], title: text('allRules') }, ...options]}
      value={filter.value[trait]}
      onChoose={(value) => (filter.value = { ...filter.value, [trait]: value })}
    />
  )
}
