/** The opponents to choose from: four tiles, each with a picture of the visitor, on the left, and the opponent. */
import type { FunctionComponent } from 'preact'
import { text } from '../language/more.ts'
import { Tile } from './tile.tsx'
import type { Opponent } from './wish.ts'

interface OpponentTilesProps {
  readonly value: Opponent
  readonly onChoose: (value: Opponent) => void
}

/** The middle of the visitor and of the opponent, in a drawing of 64 by 40. */
const [here, there] = [13, 51]

const opponents = [
  ['friend', 'againstFriend', FriendByLink],
  ['anyone', 'againstAnyone', Anyone],
  ['bot', 'againstBot', Bot],
  ['screen', 'againstScreen', TwoAtOneScreen],
] as const satisfies readonly (readonly [Opponent, string, FunctionComponent])[]

export function OpponentTiles({ value, onChoose }: OpponentTilesProps) {
  return (
    <fieldset>
      <legend>{text('against')}</legend>
      <div class="tiles four">
        {opponents.map(([each, key, Drawing]) => (
          <Tile key={each} group="against" title={text(key)} isChosen={each === value} onChoose={() => onChoose(each)}>
            <svg class="picture scene" viewBox="0 0 64 40" aria-hidden="true">
              <Drawing />
            </svg>
          </Tile>
        ))}
      </div>
    </fieldset>
  )
}

/** Head and shoulders. */
function person(x: number, y: number): string {
  return `M${x - 5} ${y}a5 5 0 1 1 10 0a5 5 0 1 1 -10 0M${x - 9} ${y + 19}v-2a9 9 0 0 1 18 0v2`
}

function FriendByLink() {
  return (
    <>
      <path class="mark-X" d={person(here, 12)} />
      <path class="mark-O" d={person(there, 12)} />
      <path class="plain" d="M32 25h-5a3 3 0 0 1 0 -6h3M32 19h5a3 3 0 0 1 0 6h-3" />
    </>
  )
}

function Anyone() {
  return (
    <>
      <path class="mark-X" d={person(here, 12)} />
      <path class="mark-O dashed" d={person(there, 12)} />
      <path class="plain" d="M27 22h.1M32 22h.1M37 22h.1" />
    </>
  )
}

function Bot() {
  return (
    <>
      <path class="mark-X" d={person(here, 12)} />
      <path
        class="mark-O"
        d="M51 9V4M44 9h14a3 3 0 0 1 3 3v7a3 3 0 0 1 -3 3h-14a3 3 0 0 1 -3 -3v-7a3 3 0 0 1 3 -3zM47 15.5h.1M55 15.5h.1M42 31v-1a4 4 0 0 1 4 -4h10a4 4 0 0 1 4 4v1"
      />
    </>
  )
}

function TwoAtOneScreen() {
  return (
    <>
      <path class="mark-X" d={person(here, 7)} />
      <path class="mark-O" d={person(there, 7)} />
      <path class="plain" d="M10 30h44a2 2 0 0 1 2 2v6h-48v-6a2 2 0 0 1 2 -2z" />
    </>
  )
}
