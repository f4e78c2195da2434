/** Rules of this project that no linter checks. Each failure says what to do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLimits } from '../docs/operating.ts'
import { listFiles, readText } from './tree.ts'

const files = listFiles()
const sources = files.filter((path) => /\.(?:ts|tsx|js|cjs)$/.test(path))
const tests = sources.filter((path) => path.endsWith('.test.ts'))
/** Without this file, which contains the forbidden words. */
const texts = files.filter(
  (path) =>
    /\.(?:ts|tsx|js|cjs|md|json|py|sh|c|go|java)$/.test(path) &&
    !/^(?:package-lock\.json|tools\/check\/tidy\.test\.ts)$/.test(path),
)

/** Fails with the advice and a line for each finding. */
function assertNone(findings: readonly string[], advice: string): void {
  if (findings.length > 0) assert.fail(`${advice}\n  ${findings.join('\n  ')}`)
}

/** Every matching line, as `path:line: text`. */
function find(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])),
  )
}

test('file names are kebab-case nouns', () => {
  const odd = sources.filter((path) => path.split('/').some((part) => !/^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part)))
  assertNone(odd, 'Name these in kebab-case:')
  const empty = sources.filter((path) => /(?:^|[/-])(?:impl|manager|helpers?|utils?|data|misc|common)[.-]/.test(path))
  assertNone(empty, 'Name these after their content; these words say nothing:')
})

test('a long file opens with one sentence that says what it is', () => {
  const silent = sources.filter((path) => {
    const text = readText(path)
    return text.split('\n').length > 60 && !tests.includes(path) && !/^(?:#!.*\n)?(?:\/\*\*|\/\/)/.test(text)
  })
  assertNone(silent, 'Start these with a sentence that says what they are:')
})

test('no file is long', () => {
  const long = sources.filter(
    (path) => readText(path).trimEnd().split('\n').length > (tests.includes(path) ? 600 : 400),
  )
  assertNone(long, 'Divide these: 400 lines a file, 600 a test:')
})

/** Files whose exports have the name of the same thing elsewhere: its schema, its lazy form, its form for Node. */
const sameThing = /^src\/(?:protocol\/(?:schema\/)?shapes|web\/shell\/lazy-parts|client\/node\/index)\.tsx?$/

test('an exported name means one thing', () => {
  const places = new Map<string, string[]>()
  const pattern =
    /^export (?:abstract |async |declare )*(?:function\*?|class|interface|type|const|enum) ([A-Za-z_$][\w$]*)/gm
  for (const path of sources.filter((source) => !sameThing.test(source)))
    for (const [, name = ''] of readText(path).matchAll(pattern)) places.set(name, [...(places.get(name) ?? []), path])
  assert.ok(places.has('Fault') && places.size > 1_000, 'the exports were found')
  const twice = [...places].filter(([, paths]) => new Set(paths).size > 1)
  assertNone(
    twice.map(([name, paths]) => `${name}: ${paths.join(', ')}`),
    'Give each of these things a name of its own:',
  )
})

test('nothing is left for later', () => {
  const pattern = /\b(?:TO[D]O|FIX[M]E)\b/
  assertNone(find(texts, pattern), 'Do it, or open an issue:')
})

test('the pages never interpret text as markup', () => {
  const pattern = /\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|dangerouslySet|createContextualFragment/
  assertNone(
    find(
      sources.filter((path) => path.startsWith('src/web/')),
      pattern,
    ),
    'Insert this as text, not as markup:',
  )
})

test('no test is left out', () => {
  assertNone(
    find(tests, /\b(?:test|it|describe)\.(?:only|skip|todo)\(|\b(?:only|skip|todo): true/),
    'Run these, or delete them:',
  )
  assertNone(
    tests.filter((path) => !/^(?:src|tools|sim|e2e|fuzz)\//.test(path)),
    'npm test runs tests in src, tools, sim, e2e and fuzz; move these there:',
  )
})

test('no path depends on one machine', () => {
  const pattern = /(?<![\w.$}~])\/(?:home|root|Users|work)\/\w/
  assertNone(find(texts, pattern), 'Make these paths relative to the checkout:')
})

test('every limit has a reason', () => {
  const bare = readLimits().filter(({ reason }) => reason.length < 20)
  assertNone(
    bare.map(({ name }) => name),
    'Give a reason for each of these in a comment in limits.ts:',
  )
})

test('the tree in the README is the tree on disk', () => {
  const shown = [...readText('README.md').matchAll(/^([a-z0-9.-]+\/(?:[a-z0-9-]+\/)?)\s{2,}\S/gm)].map(
    ([, path]) => path ?? '',
  )
  const depth = (path: string): string =>
    path
      .split('/')
      .slice(0, path.startsWith('src/') ? 2 : 1)
      .join('/') + '/'
  const folders = new Set(files.filter((path) => path.includes('/') && !path.startsWith('.')).map(depth))
  folders.delete('src/')
  const stale = [...folders].filter((path) => !shown.includes(path)).map((path) => `missing: ${path}`)
  const gone = shown.filter((path) => !folders.has(path)).map((path) => `not on disk: ${path}`)
  assertNone([...stale, ...gone], 'Correct the map in README.md:')
})

test('every rule of SPEC.md has a test, and every cited rule exists', () => {
  const ids = [...readText('docs/SPEC.md').matchAll(/^- \*\*\[([A-Z]\d+)\]\*\*/gm)].map(([, id]) => id ?? '')
  const rules = new Set(ids)
  assertNone(
    ids.filter((id, index) => ids.indexOf(id) < index),
    'These ids have more than one rule in docs/SPEC.md:',
  )
  const cited = new Map<string, string>()
  for (const path of sources.filter((source) => /(?:\.test|contract\/[a-z-]+)\.ts$/.test(source)))
    for (const [, ids = ''] of readText(path).matchAll(/['"`]((?:\[[A-Z]\d+\] ?)+)/g))
      for (const [, id = ''] of ids.matchAll(/\[([A-Z]\d+)\]/g)) cited.set(id, path)
  assertNone(
    [...cited].filter(([id]) => !rules.has(id)).map(([id, path]) => `[${id}] in ${path}`),
    'These titles cite rules that docs/SPEC.md does not have:',
  )
  assertNone(
    [...rules].filter((id) => !cited.has(id)),
    'These rules have no test whose title cites them:',
  )
})
