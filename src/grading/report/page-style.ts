/** The style of the pages of reports: plain, for a phone, a screen and paper, light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --ground: #fff; --card: #f6f8fa; --good: #116329; --bad: #b3261e; --mark: #0550ae; --full: #2da44e; --none: #d8dee4 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9ea7b3; --line: #30363d; --ground: #0d1117; --card: #161b22; --good: #56d364; --bad: #ff8a80; --mark: #79c0ff; --full: #2ea043; --none: #30363d } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem }
h3 { font-size: 1rem; margin: 0 }
p { margin: .25rem 0; overflow-wrap: anywhere; white-space: pre-line }
a { color: var(--mark) }
code { font: .875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
.soft { color: var(--soft) }
.total { font-size: 2.5rem; font-weight: 700; line-height: 1.1; margin: 1rem 0 .5rem }
.total small { font-size: 1rem; font-weight: 400; color: var(--soft) }
th .soft { font-weight: 400 }
.good { color: var(--good) }
.bad { color: var(--bad) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem }
.first { border-inline-start: 4px solid var(--bad); margin-top: 1.5rem }
.first h2 { margin: 0 0 .25rem }
table { width: 100%; border-collapse: collapse }
th, td { text-align: start; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 }
td.number, th.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; padding-inline-end: 0; padding-inline-start: .75rem }
.bar { display: block; height: .375rem; border-radius: 1rem; margin-top: .375rem; background: linear-gradient(var(--full) 0 0) no-repeat var(--none) }
ul.checks { list-style: none; margin: 0; padding: 0 }
ul.checks > li { display: grid; grid-template-columns: 1.5rem 1fr auto; column-gap: .5rem; padding: .625rem 0; border-bottom: 1px solid var(--line) }
ul.checks .more { grid-column: 2 / 4; min-width: 0 }
.sign { font-weight: 700 }
.hint { border-inline-start: 3px solid var(--line); padding-inline-start: .75rem; margin: .5rem 0; color: var(--soft) }
details { margin: .5rem 0 }
summary { cursor: pointer; color: var(--mark); padding: .625rem 0; min-height: 44px }
.scroll { overflow-x: auto; margin: .25rem 0 1rem }
svg { display: block; font: 12px ui-monospace, monospace }
svg text { fill: var(--ink) }
svg .head { font: 600 13px system-ui, sans-serif; text-anchor: middle }
svg .time { fill: var(--soft); font-size: 11px; text-anchor: end }
svg .label { text-anchor: middle; paint-order: stroke; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round }
svg .life { stroke: var(--line); stroke-width: 2 }
svg .arrow { stroke: var(--mark); stroke-width: 1.5 }
svg .tip { fill: var(--mark) }
svg .opened { fill: var(--soft) }
svg .cross { stroke: var(--bad); stroke-width: 2.5 }
svg .wrong { fill: var(--bad) }
ol.evidence { list-style: none; margin: 0; padding: 0; font-size: .875rem }
ol.evidence li { padding: .375rem 0; border-top: 1px solid var(--line) }
ol.evidence code { display: block }
ol.evidence .hex { color: var(--soft) }
@media print { body { font-size: 11pt } main { max-width: none; padding: 0 } .card, ul.checks > li, tr, svg { break-inside: avoid } details::details-content { content-visibility: visible; block-size: auto } summary { min-height: 0 } .scroll { overflow: visible } svg { max-width: 100%; height: auto } }
`

/** A page that needs no script and loads nothing. `body` is markup. */
export function writePage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${pageStyle}</style>
<main>
${body}
</main>
</html>
`
}
