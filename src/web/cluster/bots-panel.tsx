/** The game of the bots, and what players notice of what happens to the processes. */
import { useEffect, useState } from 'preact/hooks'
import type { DemoGame } from '../../protocol/demo.ts'
import { Picture } from '../board/picture.tsx'
import { Strike } from '../board/strike.tsx'
import { text } from '../language/more.ts'
import { FollowedGames } from '../lobby/followed.ts'
import { nameOfAccount, turnLine } from '../words.ts'

/** A move that waits longer than this is worth to be said, in ms. */
const noticedMs = 500

export function BotsPanel({ bots: { game, moves, waitingMs, longestMs } }: { readonly bots: DemoGame }) {
  const [followed] = useState(() => new FollowedGames())
  useEffect(() => void followed.follow(game === null ? [] : [game]), [game])
  useEffect(() => () => void followed.follow([]), [])
  const table = followed.games.value[0]
  const standing = table?.standing.value
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
  return (
    <section class="bots">
      <h2>{text('demoGame')}</h2>
      <div class="drawing">
        {standing === undefined ? (
          <Picture rules={{ width: 9, height: 9 }} board={'.'.repeat(81)} />
        ) : (
          <>
            <Picture rules={standing.shown.rules} board={standing.shown.board} last={standing.lastMove} />
            {standing.shown.outcome?.line !== undefined && (
              <Strike rules={standing.shown.rules} board={standing.shown.board} line={standing.shown.outcome.line} />
            )}
          </>
        )}
      </div>
      <p class="quiet">
        {standing === undefined
          ? text('loading')
          : text('versus', { a: nameOfAccount(standing.shown.players.X), b: nameOfAccount(standing.shown.players.O) })}
      </p>
      <p>{table === undefined || standing === undefined ? '\u00a0' : turnLine(table, standing)}</p>
      <p>{text('demoMoves', { count: moves, seconds: seconds(longestMs) })}</p>
      <p class={waitingMs !== null && waitingMs > noticedMs ? 'state' : 'quiet'}>
        {waitingMs !== null && waitingMs > noticedMs
          ? text('demoWaits', { seconds: seconds(waitingMs) })
          : text('demoFlows')}
      </p>
    </section>
  )
}
