/** A set phrase in the visitor's language, or the drawing of a reaction: the fonts of many systems lack such pictures. */
import { reactions, type Saying } from '../../protocol/sayings.ts'
import { text } from '../language/more.ts'

const face = 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18'
const eyes = 'M9 9.5v.5M15 9.5v.5'

/** Strokes in a square of 24. */
const drawings: Readonly<Record<(typeof reactions)[number], string>> = {
  smile: `${face}${eyes}M8 14.5q4 3.5 8 0`,
  laugh: `${face}M8 10.5l1.5-1.5l1.5 1.5M13 10.5l1.5-1.5l1.5 1.5M7.5 13.5h9q-1 4.5-4.5 4.5t-4.5-4.5`,
  surprise: `${face}${eyes}M12 13a2.25 2.25 0 1 0 0 4.5a2.25 2.25 0 1 0 0-4.5`,
  sad: `${face}${eyes}M8 16.5q4-3.5 8 0`,
  applause:
    'M11.5 20.5l-5.5-4q-2-2.5 .5-8.5q2-1.5 2.5 1l-.5 3l3 2zM12.5 20.5l5.5-4q2-2.5-.5-8.5q-2-1.5-2.5 1l.5 3l-3 2zM12 2v4M7.5 3l1 2.5M16.5 3l-1 2.5',
  heart: 'M12 20q-9-6-8.5-11q1-4.5 5-4q2.500 .5 3.500 3q1-2.500 3.500-3q4-.5 5 4q.5 5-8.5 11z',
}

export function SayingShape({ what }: { readonly what: Saying }) {
  const reaction = reactions.find((each) => each === what)
  const words = text(`say_${what}`)
  if (reaction === undefined) return <span>{words}</span>
  return (
    <svg class={`reaction ${what}`} viewBox="0 0 24 24" role="img" aria-label={words}>
      <path d={drawings[reaction]} />
    </svg>
  )
}
