/** The puzzle of the day: the solver made it, and answers for O. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { systemClock } from '../../base/index.ts'
import { dayOf, startOfDay } from '../../game/puzzle.ts'
import { Board } from '../board/board.tsx'
import { BoardStage } from '../board/board-stage.tsx'
import { MarkShape } from '../board/mark.tsx'
import { Sharing } from '../game/invitation.tsx'
import { text } from '../language/more.ts'
import { language } from '../language/text.ts'
import { ChoiceBelow, ChoiceOver } from '../options/choice.tsx'
import type { ChoiceBoard } from '../options/held-move.ts'
import { ZoomStage } from '../shell/lazy-parts.ts'
import { useTitle } from '../shell/title.ts'
import { makeRoute } from '../state/route.ts'
import { isKept } from '../state/storage.ts'
import { ui } from '../state/ui.ts'
import { titleOfRules } from '../words.ts'
import { isToMove, type PuzzleCourse, wrongLine, type Solving, taskOf, useSolving } from './course.ts'
import { isDaySolved, type PuzzleProgress, streakOf } from './progress.ts'

export function PuzzlePage() {
  const day = useSignal(today())
  useTitle(text('puzzleTitle'))
  return <PuzzleOfDay key={day.value} day={day.value} onNext={() => (day.value = today())} />
}

function today(): number {
  return dayOf(systemClock.wall())
}

interface PuzzleOfDayProps {
  readonly day: number
  readonly onNext: () => void
}

function PuzzleOfDay({ day, onNext }: PuzzleOfDayProps) {
  const solving = useSolving(day)
  const isPast = useLatestDay() !== day
  const { on } = solving
  const course = solving.course.value
  if (course === null || on === null) {
    return (
      <main class="page">
        <h1 class="unseen">{text('puzzleTitle')}</h1>
        <p class="quiet">{ui.notice.value ?? text('loading')}</p>
        {ui.notice.value !== null && (
          <button type="button" class="button" onClick={solving.again}>
            {text('tryNow')}
          </button>
        )}
      </main>
    )
  }
  const { rules, left, wrong } = course
  return (
    <main class="page game puzzle" style={{ '--columns': String(rules.width), '--rows': String(rules.height) }}>
      <div class="middle">
        <Task course={course} />
        <BoardStage Zoom={ZoomStage} columns={rules.width} rows={rules.height} focus={0} last={course.last}>
          <PuzzleBoard course={course} on={on} />
        </BoardStage>
        <ChoiceBelow on={on} isOn={left > 0} />
        <div class="under">
          {isPast ? (
            <button type="button" class="button primary" onClick={onNext}>
              {text('puzzleIsNext')}
            </button>
          ) : (
            (wrong !== null || left === 0) && (
              <button
                type="button"
                class={wrong === null ? 'button plain' : 'button primary'}
                onClick={() => startAgain(solving)}
              >
                {text(wrong === null ? 'playAgain' : 'puzzleAgain')}
              </button>
            )
          )}
        </div>
      </div>
      <div class="aside">
        <section class="day" aria-labelledby="puzzle">
          <h2 id="puzzle">{text('puzzleTitle')}</h2>
          <p class="quiet">
            {dateOf(day)} · {titleOfRules(rules)}
          </p>
          <Days progress={solving.progress.value} />
          {isDaySolved(solving.progress.value) ? <Result day={day} progress={solving.progress.value} /> : <About />}
        </section>
      </div>
    </main>
  )
}

/** The day of now. The component renders again when the next one begins. */
function useLatestDay(): number {
  const latest = useSignal(today())
  useEffect(() => {
    const look = (): void => void (latest.value = today())
    const timer = systemClock.after(startOfDay(latest.value + 1) - systemClock.wall(), look)
    // A device that sleeps stops its timers.
    document.addEventListener('visibilitychange', look)
    return () => {
      timer.cancel()
      document.removeEventListener('visibilitychange', look)
    }
  }, [latest.value])
  return latest.value
}

/** The focus stays on the page: the button goes away. */
function startAgain({ again }: Solving): void {
  document.querySelector<HTMLElement>('.cell[tabindex="0"]')?.focus()
  again()
}

function Task({ course }: { readonly course: PuzzleCourse }) {
  const task = taskOf(course)
  const notice = wrongLine(course) ?? ui.notice.value
  return (
    <div class="where">
      <h1 class={course.left === 0 ? 'turn ended' : 'turn'}>
        <span key={task}>{task}</span>
      </h1>
      <p class="notice" aria-hidden={notice === null}>
        {notice ?? '\u00a0'}
      </p>
    </div>
  )
}

function PuzzleBoard({ course, on }: { readonly course: PuzzleCourse; readonly on: ChoiceBoard }) {
  const { rules, board, last, line } = course
  return (
    <Board
      rules={rules}
      board={board}
      confirmed={board}
      last={last}
      line={line}
      best=""
      cursor={on.cursor.value}
      canPlay={isToMove(course)}
      onCursor={(cell) => (on.cursor.value = cell)}
      onPlay={on.move}
    >
      <ChoiceOver on={on} board={board} mark="X" />
    </Board>
  )
}

function About() {
  return <p class="quiet">{text('puzzleAbout')}</p>
}

/** The last seven days, with a mark for each one in the streak. */
function Days({ progress }: { readonly progress: PuzzleProgress }) {
  const { day, solved } = progress
  const count = streakOf(progress)
  const isInStreak = (each: number): boolean => solved !== null && each <= solved && each > solved - count
  return (
    <div class="streak">
      <p>{text('puzzleStreak', { count })}</p>
      <div class="days" aria-hidden="true">
        {Array.from({ length: 7 }, (_, index) => day - 6 + index).map((each) => (
          <span key={each} class={each === day ? 'today' : ''}>
            {isInStreak(each) && <MarkShape mark="X" />}
          </span>
        ))}
      </div>
      {!isKept('puzzle') && <p class="quiet">{text('keptSettings')}</p>}
    </div>
  )
}

function Result({ day, progress }: { readonly day: number; readonly progress: PuzzleProgress }) {
  const { wrong } = progress
  const solved = wrong === 0 ? text('puzzleFirst') : text('puzzleTries', { tries: wrong + 1 })
  const link = location.origin + makeRoute({ page: 'puzzle' })
  const words = text('puzzleResult', { date: dateOf(day), solved, count: streakOf(progress) })
  const time = new Intl.DateTimeFormat(language.value, { hour: 'numeric', minute: '2-digit' }).format(
    startOfDay(day + 1),
  )
  return (
    <>
      <p>{solved}</p>
      <Sharing link={link} words={words} result={`${words}\n${link}`} />
      <p class="quiet">{text('puzzleNext', { time })}</p>
    </>
  )
}

/** The days are those of UTC. */
function dateOf(day: number): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'long', timeZone: 'UTC' }).format(startOfDay(day))
}
