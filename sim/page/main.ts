/** The simulator as a page: seeds are run, looked for and drawn in the browser. `#seed=60&bug=ack-over-fold` names one. */
import { type BugName, bugNames, bugs, noBug } from '../bugs.ts'
import { drawDiagram } from '../diagram.ts'
import { drawPlan } from '../plan.ts'
import { describeFailure, describeRun, examine, pictureOf, pictureOfRun } from '../report.ts'
import { run } from '../run.ts'

/** Seeds that are looked at before the search is given up. */
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

/** One thing at a time: what runs, runs in this thread. */
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

/** Leaves the field at the first seed that fails. */
async function search(): Promise<void> {
  const bug = plantedIn(bugField.value)
  for (let tried = 1; tried <= seedsMax; tried++) {
    if ((await run(drawPlan(seedField.valueAsNumber), { bug })).violations.length > 0) return
    if (tried === seedsMax) return
    seedField.stepUp()
    if (tried % 10 === 0) await painted()
  }
}

async function show(seed: number, name: BugName | null): Promise<void> {
  const plan = drawPlan(seed)
  const bug = plantedIn(name ?? '')
  const first = await run(plan, { bug, keepsNotes: true })
  if (first.violations.length === 0) {
    words.textContent = describeRun(seed, first)
    return draw(drawDiagram(pictureOfRun(seed, first)))
  }
  words.textContent = 'It fails; looking for the smallest world that does …'
  await painted()
  const failure = await examine(plan, first, name, bug)
  words.textContent = describeFailure(failure, 'in this page')
  draw(drawDiagram(pictureOf(failure)))
}

function plantedIn(name: string) {
  const known = bugNames.find((bug) => bug === name)
  return known === undefined ? noBug : bugs[known]
}

/** As SVG and not as markup: a picture is no page. */
function draw(svg: string): void {
  picture.replaceChildren(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement)
}

/** Resolves when what was said can be seen. */
async function painted(): Promise<void> {
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
}
