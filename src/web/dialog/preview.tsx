/** What the chosen rules are: their board with a line, and in words. It has its size whatever it shows. */
import type { Rules } from '../../game/index.ts'
import { Picture } from '../board/picture.tsx'
import { aboutRules } from '../game/about-rules.ts'
import { text } from '../language/more.ts'
import { sampleOf } from './sample.ts'
import { isPlayable } from './wish.ts'

export function Preview({ rules }: { readonly rules: Rules }) {
  const { width, height, line } = rules
  return (
    <div class="preview">
      <Picture rules={rules} board={sampleOf(rules)} />
      <div>
        <p>{text('sidesInWords', { width, height })}</p>
        <p>{text('lineInWords', { line })}</p>
        <p class={isPlayable(rules) ? 'quiet' : 'notice'}>
          {isPlayable(rules) ? aboutRules(rules) : text('rulesLineTooLong')}
        </p>
      </div>
    </div>
  )
}
