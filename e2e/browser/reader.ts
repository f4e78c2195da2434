/** A page as a screen reader gets it: Chromium's accessibility tree in reading order, one line per stop. */
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

/** Roles that only group other nodes and are not announced themselves. */
const holders = new Set([
  ...['RootWebArea', 'generic', 'none', 'paragraph', 'form', 'row', 'list', 'listitem', 'strong', 'banner', 'main'],
  ...['LabelText', 'Legend', 'InlineTextBox'],
])
/** Roles whose name covers all of their content. */
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
  'DisclosureTriangle',
])
const named = new Set([...leaves, 'grid', 'dialog', 'group', 'region'])
/** Unicode isolates around names; they are not read out. */
const isolates = /[\u2066-\u2069]/g

/** Returns the stops of a page, each as `role: name, value, state`; plain text stays as it is. */
export async function readAloud(page: Page): Promise<readonly string[]> {
  const tree = await readTree(page)
  const walk = (id: string): readonly string[] => {
    const node = tree.get(id)
    if (node === undefined) return []
    const role = textOf(node.role)
    if (!node.ignored && leaves.has(role)) return [describeStop(node)]
    const inside = (node.childIds ?? []).flatMap(walk)
    if (node.ignored || holders.has(role)) return inside
    if (role === 'StaticText') return [textOf(node.name)].filter((text) => text !== '')
    return role === 'status' || role === 'timer' ? [role] : [describeStop(node), ...inside]
  }
  return walk(tree.keys().next().value ?? '')
}

/**
 * Finds stops without a name or role, descriptions that only repeat the name, and more or less than one live region.
 */
export async function findUnreadable(page: Page): Promise<readonly string[]> {
  const nodes = [...(await readTree(page)).values()].filter(({ ignored }) => !ignored)
  const problems = nodes.flatMap((node) => {
    const [role, name] = [textOf(node.role), textOf(node.name)]
    const isStop = node.properties?.some((each) => each.name === 'focusable' && each.value.value === true) === true
    if (named.has(role) && name === '') return `${role} without a name`
    if (role === 'generic' && isStop) return `a stop without a role: ${name}`
    const description = textOf(node.description)
    return description !== '' && name.includes(description) ? `${role} whose description repeats its name: ${name}` : []
  })
  const polite = nodes.filter(({ properties, role }) => textOf(role) === 'status' && has(properties, 'live', 'polite'))
  const isModal = nodes.some(({ role }) => textOf(role) === 'dialog')
  return polite.length === 1 || isModal ? problems : [...problems, `${polite.length} polite live regions`]
}

/** Records the polite live region from now on. The result returns all announcements so far, in order. */
export async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.getByRole('status').evaluate((region) => {
    const announced: string[] = []
    Object.assign(globalThis, { announced })
    new MutationObserver(() => announced.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    })
  })
  const announced = (): Promise<readonly string[]> =>
    page.evaluate(() => (globalThis as unknown as { announced: readonly string[] }).announced)
  return async () => (await announced()).filter((words) => words !== '').map((words) => words.replaceAll(isolates, ''))
}

async function readTree(page: Page): Promise<ReadonlyMap<string, AxNode>> {
  const session = await page.context().newCDPSession(page)
  const { nodes }: { readonly nodes: readonly AxNode[] } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  return new Map(nodes.map((node) => [node.nodeId, node]))
}

function describeStop(node: AxNode): string {
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
  return typeof value?.value === 'string' ? value.value.replaceAll(isolates, '').trim() : ''
}
