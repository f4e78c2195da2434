/** A page as a screen reader is given it: Chromium's own accessibility tree in reading order, a line a stop. */
import type { Page } from 'playwright-core'

interface AxValue {
  readonly value?: unknown
}

interface AxNode {
  readonly nodeId: string
  readonly ignored: boolean
  readonly role?: AxValue
  readonly name?: AxValue
  readonly description?: AxValue
  readonly value?: AxValue
  readonly properties?: readonly { readonly name: string; readonly value: AxValue }[]
  readonly childIds?: readonly string[]
}

/** What holds others together, and is not named itself. */
const holders = new Set([
  ...['RootWebArea', 'generic', 'none', 'paragraph', 'form', 'row', 'list', 'listitem', 'strong', 'banner', 'main'],
  ...['LabelText', 'Legend', 'InlineTextBox'],
])
/** Their name says all that is inside. */
const leaves = new Set([
  'button',
  'link',
  'heading',
  'gridcell',
  'radio',
  'checkbox',
  'combobox',
  'textbox',
  'slider',
  'image',
])
const named = new Set([...leaves, 'grid', 'dialog', 'group', 'region'])
/** What keeps a name from turning the text around it: nobody reads it. */
const turns = /[\u2066-\u2069]/g

/** The controls and the sentences of a page, each as `role: name, value, state`; plain text as it is. */
export async function readAloud(page: Page): Promise<readonly string[]> {
  const tree = await readTree(page)
  const walk = (id: string): readonly string[] => {
    const node = tree.get(id)
    if (node === undefined) return []
    const role = textOf(node.role)
    if (!node.ignored && leaves.has(role)) return [sayStop(node)]
    const inside = (node.childIds ?? []).flatMap(walk)
    if (node.ignored || holders.has(role)) return inside
    if (role === 'StaticText') return [textOf(node.name)].filter((text) => text !== '')
    return role === 'status' || role === 'timer' ? [role] : [sayStop(node), ...inside]
  }
  return walk(tree.keys().next().value ?? '')
}

/** What a reader could not make sense of: stops without a name, and a description that only repeats it. */
export async function findUnreadable(page: Page): Promise<readonly string[]> {
  const nodes = [...(await readTree(page)).values()].filter(({ ignored }) => !ignored)
  const problems = nodes.flatMap((node) => {
    const [role, name] = [textOf(node.role), textOf(node.name)]
    const isStop = node.properties?.some((each) => each.name === 'focusable' && each.value.value === true) === true
    if (named.has(role) && name === '') return `${role} without a name`
    if (role === 'generic' && isStop) return `a stop without a role: ${name}`
    const description = textOf(node.description)
    return description !== '' && name.includes(description) ? `${role} that is said twice: ${name}` : []
  })
  const polite = nodes.filter(({ properties, role }) => textOf(role) === 'status' && has(properties, 'live', 'polite'))
  const isModal = nodes.some(({ role }) => textOf(role) === 'dialog')
  return polite.length === 1 || isModal ? problems : [...problems, `${polite.length} voices`]
}

/** All that the polite voice says from now on, in order. */
export async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.getByRole('status').evaluate((region) => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    new MutationObserver(() => said.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    })
  })
  const said = (): Promise<readonly string[]> =>
    page.evaluate(() => (globalThis as unknown as { said: readonly string[] }).said)
  return async () => (await said()).filter((words) => words !== '').map((words) => words.replaceAll(turns, ''))
}

async function readTree(page: Page): Promise<ReadonlyMap<string, AxNode>> {
  const session = await page.context().newCDPSession(page)
  const { nodes }: { readonly nodes: readonly AxNode[] } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  return new Map(nodes.map((node) => [node.nodeId, node]))
}

function sayStop(node: AxNode): string {
  const { role, properties } = node
  const parts = [
    textOf(node.name),
    textOf(role) === 'slider' ? '' : textOf(node.value),
    has(properties, 'checked', 'true') ? 'checked' : '',
    has(properties, 'required', true) ? 'required' : '',
    has(properties, 'disabled', true) ? 'dimmed' : '',
    textOf(node.description),
  ]
  const level = properties?.find(({ name }) => name === 'level')?.value.value
  const what = typeof level === 'number' ? `${textOf(role)} ${level}` : textOf(role)
  return `${what}: ${parts.filter((part) => part !== '').join(', ')}`
}

function has(properties: AxNode['properties'], name: string, value: unknown): boolean {
  return properties?.some((each) => each.name === name && each.value.value === value) === true
}

function textOf(value: AxValue | undefined): string {
  return typeof value?.value === 'string' ? value.value.replaceAll(turns, '').trim() : ''
}
