import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import { errorNames } from '../errors.ts'
import { methodNames, methods } from './methods.ts'
import { makeOpenRpc } from './openrpc.ts'
import { openRpcExamples } from './openrpc-examples.ts'
import { checkParams } from './validate.ts'

interface Descriptor {
  readonly name: string
  readonly required: boolean
}

interface Document {
  readonly methods: readonly {
    readonly name: string
    readonly params: readonly Descriptor[]
    readonly errors: readonly unknown[]
    readonly examples: readonly { readonly params: readonly Descriptor[] }[]
  }[]
  readonly components: Readonly<Record<string, Readonly<Record<string, { readonly title?: string }>>>>
  readonly 'x-other-errors': object
}

const text = JSON.stringify(makeOpenRpc('1.2.3'))
const document = JSON.parse(text) as Document

/** Every object inside a value, the value itself included. */
function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

test('[P6] the document has every method, with its errors and an example that fits', () => {
  assert.deepEqual(
    document.methods.map(({ name }) => name),
    methodNames,
  )
  for (const method of document.methods) {
    const required = method.params.map((param) => param.required)
    assert.deepEqual(
      required,
      required.toSorted((a, b) => Number(b) - Number(a)),
      `${method.name}: required first`,
    )
    assert.ok(method.errors.length > 0 && method.examples.length > 0, method.name)
  }
  for (const name of methodNames) {
    const [params, result] = openRpcExamples[name]
    checkParams(name, params)
    assert.ok(Compile(methods[name].result).Check(result), `the result of ${name}`)
  }
})

test('[P6] every reference resolves within the document, and every component is referenced', () => {
  const references = new Set([...objectsIn(document)].flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : [])))
  const parts = Object.entries(document.components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`),
  )
  assert.deepEqual([...references].toSorted(), parts.toSorted())
})

test('[P6] types have titles, enumerations have a type, and answers may have additional members', () => {
  const { schemas = {}, errors = {} } = document.components
  for (const [name, schema] of Object.entries(schemas)) assert.equal(schema.title, name)
  for (const part of objectsIn(document)) if (Array.isArray(part['enum'])) assert.equal(part['type'], 'string')
  assert.doesNotMatch(JSON.stringify(schemas['GameView']), /additionalProperties/)
  assert.deepEqual(
    [...Object.keys(errors), ...Object.keys(document['x-other-errors'])].toSorted(),
    errorNames.toSorted(),
  )
  assert.ok(text.length < 64_000, `${text.length} characters`)
})
