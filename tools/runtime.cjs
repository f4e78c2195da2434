// Preloaded by the npm scripts. Its syntax is old enough for any Node; the sources need a Node that strips types.
'use strict'
if (parseInt(process.versions.node, 10) < 24) {
  console.error(
    'Oxo needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      ': run `npm ci` with install scripts allowed, which installs the right Node, or install a newer Node.',
  )
  process.exit(1)
}
