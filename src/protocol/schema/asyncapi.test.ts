/** The documents that describe the protocol are valid by the published schemas of their specifications. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Ajv, type AnySchemaObject } from 'ajv'
import { methodNames } from './methods.ts'
import { makeAsyncApi } from './asyncapi.ts'
import { notifications } from './notifications.ts'
import { makeOpenRpc } from './openrpc.ts'

interface Message {
  readonly examples?: readonly { readonly payload: unknown }[]
}

interface Document {
  readonly operations: Readonly<Record<string, { readonly action: 'send' | 'receive' }>>
  readonly components: { readonly messages: Readonly<Record<string, Message>> }
}

const written: unknown = JSON.parse(JSON.stringify(makeAsyncApi('1.2.3')))
const document = written as Document

/** Loads a published schema. */
function load(name: string): AnySchemaObject {
  return createRequire(import.meta.url)(name) as AnySchemaObject
}

/** Fails with each difference between the value and the published schema. `others`: schemas that it refers to. */
function assertValid(schema: AnySchemaObject, value: unknown, others: readonly AnySchemaObject[] = []): void {
  // The schemas bring their own schema of JSON Schema, and formats that need another package.
  const options = { strict: false, meta: false, validateSchema: false, validateFormats: false, allErrors: true }
  const check = new Ajv(options).addSchema([...others]).compile(schema)
  const isValid = check(value)
  assert.deepEqual([isValid, check.errors ?? []], [true, []])
}

const asyncApiSchema = load('@asyncapi/specs/schemas/3.0.0.json')
const openRpcSchema = (load('@open-rpc/meta-schema') as { readonly default: AnySchemaObject }).default

test('[P8] the document is valid by the schema of AsyncAPI 3.0.0', () => {
  assertValid(asyncApiSchema, written)
  assert.throws(
    () => assertValid(asyncApiSchema, { ...(written as object), operations: { x: { action: 'tell' } } }),
    /operations/,
  )
})

test('[P8] the OpenRPC document is valid by the schema of OpenRPC', () => {
  const openRpc: unknown = JSON.parse(JSON.stringify(makeOpenRpc('1.2.3')))
  const { default: jsonSchema } = load('@json-schema-tools/meta-schema') as { readonly default: AnySchemaObject }
  // It is referred to with and without the slash at the end.
  const { $id = '' } = jsonSchema
  const others = [jsonSchema, { $id: $id.slice(0, -1), $ref: $id }]
  assertValid(openRpcSchema, openRpc, others)
  const broken = { ...(openRpc as object), methods: [{ name: 'x' }] }
  assert.throws(() => assertValid(openRpcSchema, broken, others), /required property 'params'/)
})

test('[P8] the server sends every notification and receives every method', () => {
  const named = (action: string): readonly string[] =>
    Object.entries(document.operations).flatMap(([name, operation]) => (operation.action === action ? [name] : []))
  assert.deepEqual(named('send'), [...Object.keys(notifications), 'game.changes'])
  assert.deepEqual(named('receive'), methodNames)
})

test('[P8] every reference resolves within the document', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path)
  assert.ok(references.length > 200)
  for (const path of new Set(references)) {
    const found = path
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document)
    assert.ok(found !== undefined, path)
  }
})

test('[P8] every example fits its message', () => {
  const ajv = new Ajv({ strict: false }).addSchema(document, 'document')
  for (const [name, { examples = [] }] of Object.entries(document.components.messages)) {
    const check = ajv.compile({ $ref: `document#/components/messages/${name}/payload` })
    for (const example of examples) assert.ok(check(example.payload), `${name}: ${ajv.errorsText(check.errors)}`)
    assert.ok(!check({ jsonrpc: '2.0' }), name)
  }
})
