/**
 * Keeps the page working under a browser's translator, which replaces text nodes by its own elements. Before Preact
 * renders such a place again, the original text nodes are restored; the translator then translates them as new text.
 */
import { options, type VNode } from 'preact'

/** The removed text nodes, and the elements that replace them. */
const replaced = new Map<Text, ChildNode>()

const observer = new MutationObserver(hear)

/** Starts this protection, for the lifetime of the page. */
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
    // A signal changes its text node without rendering.
    if (type === 'characterData') restore((text) => text === target)
    // Only a translator replaces one node by one other; Preact inserts and removes nodes separately.
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

/** Restores the selected text nodes if their places still exist, and forgets them. */
function restore(isMeant: (text: Text, stand: ChildNode) => boolean): void {
  for (const [text, stand] of replaced) {
    if (!isMeant(text, stand)) continue
    replaced.delete(text)
    if (stand !== text && stand.isConnected) stand.replaceWith(text)
  }
  // Discard the records of these changes: no translator made them.
  observer.takeRecords()
}

/** Internal members of a Preact node, under the mangled names that Preact's own add-ons use. */
interface Drawn extends VNode {
  readonly __k?: readonly (Drawn | null)[] | null
  readonly __e?: Node | null
}

/** The top DOM nodes that a component has rendered. */
function rootsOf({ type, __k, __e }: Drawn): readonly Node[] {
  if (typeof type === 'function') return (__k ?? []).flatMap((child) => (child === null ? [] : rootsOf(child)))
  return __e === null || __e === undefined ? [] : [__e]
}
