/** Builds the OpenRPC 1.3 document from the method table: named types, and each method with its errors and an example. */
import { errorNames, errorRow, type ErrorName } from '../errors.ts'
import { sentences } from '../fault.ts'
import { anyErrors, methodErrors } from './method-errors.ts'
import { type MethodName, methodNames, methods } from './methods.ts'
import { makeErrorData, makeNamedTypes, makeSchema, type Schema } from './named-types.ts'
import { type NotificationName, notifications } from './notifications.ts'
import { openRpcExamples } from './openrpc-examples.ts'

/** @param version the version of the server. */
export function makeOpenRpc(version: string): object {
  return {
    openrpc: '1.3.2',
    info: {
      title: 'Oxo',
      version,
      description:
        'A networked tic-tac-toe service: JSON-RPC 2.0 over lines, WebSocket and HTTP. Ignore members that you do not know.',
      license: { name: 'MIT' },
    },
    servers: [
      { name: 'HTTP', url: '/rpc', summary: 'One request a POST, one answer; nothing is pushed.' },
      { name: 'WebSocket', url: '/ws', summary: 'One message a text frame. The same port takes JSON lines over TCP.' },
    ],
    methods: methodNames.map(makeMethod),
    components: {
      schemas: makeNamedTypes(),
      errors: makeErrors(errorNames.filter(isOfMethod)),
    },
    // Errors of HTTP addresses, and errors that close a connection.
    'x-other-errors': makeErrors(errorNames.filter((name) => !isOfMethod(name))),
    'x-error-data': makeErrorData(),
    'x-notifications': (Object.keys(notifications) as NotificationName[]).map((name) => {
      const { about, params } = notifications[name]
      return { name, summary: about, params: makeSchema(params, 'open') }
    }),
  }
}

function makeMethod(name: MethodName): object {
  const { about, params, result } = methods[name]
  const required = new Set<string>(params.required ?? [])
  const [exampleParams, answer] = openRpcExamples[name]
  const descriptors = Object.entries(params.properties as Readonly<Record<string, Schema>>).map(([member, schema]) => ({
    name: member,
    ...(schema.description === undefined ? {} : { summary: schema.description }),
    required: required.has(member),
    schema: makeSchema(schema, 'closed'),
  }))
  return {
    name,
    summary: about,
    paramStructure: 'by-name',
    // OpenRPC requires that optional params come last.
    params: descriptors.toSorted((a, b) => Number(b.required) - Number(a.required)),
    result: { name: 'result', schema: makeResult(name, result) },
    errors: [...anyErrors, ...methodErrors[name]].map(referTo),
    examples: [
      {
        name: 'example',
        params: Object.entries(exampleParams as object).map(([member, value]) => ({
          name: member,
          value: value as unknown,
        })),
        result: { name: 'result', value: answer },
      },
    ],
  }
}

function makeResult(name: MethodName, schema: object): object {
  const made = makeSchema(schema, 'open')
  if ('$ref' in made) return made
  const title = `${name.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase())}Result`
  return { title, ...(name === 'rpc.discover' ? { type: 'object' } : {}), ...made }
}

function isOfMethod(name: ErrorName): boolean {
  return [anyErrors, ...Object.values(methodErrors)].some((names: readonly ErrorName[]) => names.includes(name))
}

function referTo(name: ErrorName): object {
  return { $ref: `#/components/errors/${name}` }
}

function makeErrors(errors: readonly ErrorName[]): object {
  return Object.fromEntries(
    errors.map((name) => {
      const { code, retry } = errorRow(name)
      return [name, { code, message: sentences[name], data: { name, retry } }]
    }),
  )
}
