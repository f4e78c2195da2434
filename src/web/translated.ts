/**
 * Keeps the page alive under a browser's translator, which puts elements of its own in the place of texts. Before
 * anything there is drawn again, the texts that were there come back; the translator hears of that as of any new text.
 */
import { options, type VNode } from 'preact'

/** The texts that were taken away, and what stands in their place. */
const replaced = new Map<Text, ChildNode>()

const observer = new MutationObserver(hear)

/** From now on, for as long as the page is open. */
export function keepTexts(): void {
  observer.observe(document.body, { childList: true, subtree: true })
  const hooks = options as { __r?: ((drawn: Drawn) => void) | undefined }
  const before = hooks.__r
  hooks.__r = (drawn) => {
    hear(observer.takeRecords())
    if (replaced.size > 0) {
      const roots = rootsOf(drawn)
      restore((text, stand) => roots.some((root) => root === text || root.contains(stand)))
    }
    before?.(drawn)
  }
}

function hear(records: readonly MutationRecord[]): void {
  for (const record of records) {
    const { type, target, addedNodes, removedNodes } = record
    // A signal writes into its text without drawing anything again.
    if (type === 'characterData') restore((text) => text === target)
    // One node for one: nobody but a translator does that. What is drawn is put in and taken out by itself.
    else if (addedNodes.length === 1 && removedNodes.length === 1) replace(removedNodes[0], addedNodes[0])
  }
}

function replace(before: Node | undefined, after: Node | undefined): void {
  const stand = after as ChildNode
  for (const [text, known] of replaced) if (known === before) return void replaced.set(text, stand)
  if (!(before instanceof Text)) return
  replaced.set(before, stand)
  observer.observe(before, { characterData: true })
}

/** Puts those texts back whose place is still there, and forgets the others. */
function restore(isMeant: (text: Text, stand: ChildNode) => boolean): void {
  for (const [text, stand] of replaced) {
    if (!isMeant(text, stand)) continue
    replaced.delete(text)
    if (stand !== text && stand.isConnected) stand.replaceWith(text)
  }
  // What was just done is no translator's doing.
  observer.takeRecords()
}

/** What Preact keeps in a node of its tree, under the names that its own add-ons use. */
interface Drawn extends VNode {
  readonly __k?: readonly (Drawn | null)[] | null
  readonly __e?: Node | null
}

/** The nodes of the document that a component has drawn, without what is inside them. */
function rootsOf({ type, __k, __e }: Drawn): readonly Node[] {
  if (typeof type === 'function') return (__k ?? []).flatMap((child) => (child === null ? [] : rootsOf(child)))
  return __e === null || __e === undefined ? [] : [__e]
}
