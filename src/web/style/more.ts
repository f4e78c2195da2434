/** The style of all parts that are loaded later. It comes after the style of the first page. */
import rules from './more.css?inline'

let style: CSSStyleSheet | null = null

/** Calls after the first one do nothing. */
export function addStyle(): void {
  if (style !== null) return
  style = new CSSStyleSheet()
  style.replaceSync(rules)
  document.adoptedStyleSheets.push(style)
}
