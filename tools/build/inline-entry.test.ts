import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { inlineEntry, loader, makeEntry, takeFromGlobal, takeParts } from './inline-entry.ts'

const html = `<head>
<script type="module" crossorigin src="/assets/index-1.js"></script>
<link rel="stylesheet" crossorigin href="/assets/index-2.css">
</head>`

function build(t: TestContext, files: Readonly<Record<string, string>>): string {
  const output = mkdtempSync(join(tmpdir(), 'oxo-inline-'))
  t.after(() => rmSync(output, { recursive: true }))
  mkdirSync(join(output, 'assets'))
  for (const [name, text] of Object.entries({ 'index.html': html, 'assets/index-2.css': 'p{}\n', ...files }))
    writeFileSync(join(output, name), text)
  return output
}

test('the entry script and the style are inlined; later scripts take shared exports from the global', (t) => {
  const output = build(t, {
    'assets/index-1.js': 'var n=1;document.title="$&</script><!--";import(`./late-3.js`);export{n as t,d as default};',
    'assets/late-3.js': 'import{t as e}from"./index-1.js";import"./index-1.js";import{x}from"./other-4.js";use(e,x)',
    'assets/other-4.js': 'import*as all from"./index-1.js";export const x=all',
  })
  inlineEntry(output)
  const read = (name: string): string => readFileSync(join(output, name), 'utf8')
  assert.equal(
    read('index.html'),
    `<head>
<script type="module">${loader}var n=1;document.title="$&<\\/script><\\!--";oxoPart(\`/assets/late-3.js\`);globalThis.oxo={get t(){return n},get default(){return d}};</script>
<style>p{}</style>
</head>`,
  )
  assert.equal(
    read('assets/late-3.js'),
    'const[{x:x}]=await Promise.all([oxoPart("/assets/other-4.js")]);const{t:e}=globalThis.oxo;use(e,x)',
  )
  assert.equal(read('assets/other-4.js'), 'const all=globalThis.oxo;export const x=all')
  assert.deepEqual(readdirSync(join(output, 'assets')), ['late-3.js', 'other-4.js'])
})

test('an export that changes later is read with its current value', async () => {
  await import(`data:text/javascript,${encodeURIComponent(makeEntry('let n=1;n=2;export{n as later}'))}`)
  assert.equal(Reflect.get(Reflect.get(globalThis, 'oxo') as object, 'later'), 2)
  assert.equal(takeFromGlobal('import{a,b as c}from"./i.js";', 'i.js'), 'const{a:a,b:c}=globalThis.oxo;')
})

test('an entry that needs a second request, or a page in an unknown form, is refused', (t) => {
  assert.throws(() => makeEntry('import{a}from"./b.js";a()'), /would wait/)
  assert.throws(() => makeEntry('a();import"./b.js";'), /would wait/)
  assert.throws(() => inlineEntry(build(t, { 'index.html': '<p>no module' })), /one module/)
  const odd = { 'assets/index-1.js': 'export{}', 'assets/late-3.js': 'export*from"./index-1.js"' }
  assert.throws(() => inlineEntry(build(t, odd)), /late-3\.js names index-1\.js/)
})

test('parts load their imports in parallel: named, namespace and side-effect imports', () => {
  assert.equal(
    takeParts('import{a as b,c}from"./x-1.js";import*as d from"./y-2.js";import"./z-3.js";use(b,c,d);export{b as e};'),
    'const[{a:b,c:c},d,]=await Promise.all([oxoPart("/assets/x-1.js"),oxoPart("/assets/y-2.js"),oxoPart("/assets/z-3.js")]);use(b,c,d);export{b as e};',
  )
  assert.equal(
    makeEntry('let n=()=>Y(async()=>{let{de:e}=await import(`./de-1.js`);return{de:e}},[]).then(({de:e})=>e);').slice(
      loader.length,
    ),
    'let n=()=>oxoPart(`/assets/de-1.js`).then(({de:e})=>e);',
  )
  assert.throws(() => takeParts('export{a}from"./x-1.js"'), /unknown form/)
})

test('circular imports between parts are refused, because each would wait for the other', (t) => {
  const files = {
    'assets/index-1.js': 'a();',
    'assets/a-2.js': 'import{b}from"./b-3.js";export const a=b',
    'assets/b-3.js': 'import{a}from"./a-2.js";export const b=a',
  }
  assert.throws(() => inlineEntry(build(t, files)), /circle: a-2\.js → b-3\.js → a-2\.js/)
})
