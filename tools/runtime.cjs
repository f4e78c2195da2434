// Preloaded by the npm scripts, in words that the oldest Node can read: sources run only where types are stripped.
'use strict'
if (parseInt(process.versions.node, 10) < 24) {
  console.error(
    'Oxo needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      ': run `npm ci` with install scripts allowed, which brings its own, or install a newer Node.',
  )
  process.exit(1)
}
