/** The simulator as a page: runs, searches and draws seeds in the browser. `#seed=60&bug=ack-over-fold` selects one. */
import { type BugName, bugNames, bugs, noBug } from '../bugs.ts'
import { drawDiagram } from '../diagram.ts'
import { drawPlan } from '../plan.ts'
import { describeFailure, describeRun, examine, pictureOf, pictureOfRun } from '../report.ts'
import { simulate } from '../run.ts'

/** The most seeds that one search tries. */
const seedsMax = 1_000

const form = find('form', HTMLFormElement)
const seedField = find('input', HTMLInputElement)
const bugField = find('select', HTMLSelectElement)
const words = find('#words', HTMLElement)
const picture = find('#picture', HTMLElement)

bugField.append(new Option('none', ''), ...bugNames.map((name) => new Option(`${name}: ${bugs[name].about}`, name)))
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const asked = event.submitter instanceof HTMLButtonElement ? event.submitter.name : 'run'
  void perform(() => answer(asked))
})
readAddress()

function find<Type extends Element>(selector: string, type: new () => Type): Type {
  const element = document.querySelector(selector)
  if (element instanceof type) return element
  throw new Error(`the page has no ${selector}`)
}

function readAddress(): void {
  const named = new URLSearchParams(location.hash.slice(1))
  if (!named.has('seed')) return
  seedField.value = named.get('seed') ?? ''
  bugField.value = named.get('bug') ?? ''
  if (form.reportValidity()) void perform(() => answer('run'))
}

/** Runs one task at a time, because simulations run in this thread. */
async function perform(work: () => Promise<void>): Promise<void> {
  words.textContent = 'Running …'
  picture.replaceChildren()
  form.inert = true
  try {
    await painted()
    await work()
  } catch (cause) {
    words.textContent = String(cause)
    throw cause
  } finally {
    form.inert = false
  }
}

async function answer(asked: string): Promise<void> {
  if (asked !== 'run') seedField.stepUp()
  if (asked === 'find') await search()
  const seed = seedField.valueAsNumber
  const bug = bugNames.find((name) => name === bugField.value) ?? null
  history.replaceState(null, '', `#${new URLSearchParams({ seed: String(seed), ...(bug === null ? {} : { bug }) })}`)
  await show(seed, bug)
}

/** Sets the field to the first failing seed. */
async function search(): Promise<void> {
  const bug = plantedIn(bugField.value)
  for (let tried = 1; tried <= seedsMax; tried++) {
    if ((await simulate(drawPlan(seedField.valueAsNumber), { bug })).violations.length > 0) return
    if (tried === seedsMax) return
    seedField.stepUp()
    if (tried % 10 === 0) await painted()
  }
}

async function show(seed: number, name: BugName | null): Promise<void> {
  const plan = drawPlan(seed)
  const bug = plantedIn(name ?? '')
  const first = await simulate(plan, { bug, keepsNotes: true })
  if (first.violations.length === 0) {
    words.textContent = describeRun(seed, first)
    return draw(drawDiagram(pictureOfRun(seed, first)))
  }
  words.textContent = 'It fails. Searching for the smallest world that fails …'
  await painted()
  const failure = await examine(plan, first, name, bug)
  words.textContent = describeFailure(failure, 'in this page')
  draw(drawDiagram(pictureOf(failure)))
}

function plantedIn(name: string) {
  const known = bugNames.find((bug) => bug === name)
  return known === undefined ? noBug : bugs[known]
}

/** Parses the picture as SVG, not as HTML. */
function draw(svg: string): void {
  picture.replaceChildren(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement)
}

/** Resolves when the last change is painted. */
async function painted(): Promise<void> {
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
}
