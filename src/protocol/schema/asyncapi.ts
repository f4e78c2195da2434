/**
 * Builds the AsyncAPI 3 document from the tables of methods and notifications, from the server's side: it sends
 * notifications, receives requests and replies to them.
 */
import { errorRow } from '../errors.ts'
import { anyErrors, methodErrors } from './method-errors.ts'
import { type MethodName, methodNames, methods } from './methods.ts'
import { makeErrorData, makeNamedTypes, makeSchema } from './named-types.ts'
import { type NotificationName, notifications } from './notifications.ts'
import { openRpcExamples } from './openrpc-examples.ts'

const notificationNames = Object.keys(notifications) as NotificationName[]

/** Notifications about one game: those that its stream of changes carries, and the last one of every stream. */
const ofOneGame = ['game.changed', 'game.presence', 'game.said', 'server.closing'] as const

/** @param version the version of the server. */
export function makeAsyncApi(version: string): object {
  const requests = methodNames.map(makeRequest)
  const answers = methodNames.map(makeAnswer)
  const messages = Object.fromEntries([...notificationNames.map(makeNotification), ...requests, ...answers])
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Oxo',
      version,
      description:
        'A networked tic-tac-toe service: JSON-RPC 2.0 over lines, WebSocket and HTTP. Ignore members and notifications that you do not know.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      lines: makeServer('tcp', 'One JSON message on each line, ended by LF, in UTF-8.'),
      websocket: { ...makeServer('ws', 'One message a text frame.'), pathname: '/ws' },
      http: makeServer('http', 'Streams of changes. Single requests are in /openrpc.json.'),
    },
    channels: {
      connection: {
        address: null,
        title: 'A connection of JSON lines or a WebSocket',
        servers: [referTo('servers', 'lines'), referTo('servers', 'websocket')],
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, referTo('components', 'messages', name)]),
        ),
      },
      changes: {
        address: '/games/{game}/changes',
        title: 'The changes of one game over HTTP',
        description:
          'With `Accept: application/x-ndjson` each line is one of these messages. By default they are server-sent events: `event` is the method, and `data` the params.',
        parameters: { game: { description: 'The id of the game.' } },
        servers: [referTo('servers', 'http')],
        messages: Object.fromEntries(ofOneGame.map((name) => [name, referTo('components', 'messages', name)])),
      },
    },
    operations: {
      ...Object.fromEntries(notificationNames.map((name) => [name, makeSending('connection', [name])])),
      ...Object.fromEntries(methodNames.map((name) => [name, makeReceiving(name)])),
      'game.changes': makeSending('changes', ofOneGame),
    },
    components: {
      schemas: { ...makeNamedTypes(), RequestId: requestId, Error: makeError() },
      messages,
    },
  }
}

const jsonrpc = { const: '2.0' }
const requestId = {
  title: 'RequestId',
  description: 'Chosen by the client; the answer carries the same one.',
  anyOf: [{ type: 'string', maxLength: 128 }, { type: 'integer' }, { type: 'null' }],
}
const idReference = { $ref: '#/components/schemas/RequestId' }
/** Ties an answer to its request. */
const correlationId = { location: '$message.payload#/id' }

function makeServer(protocol: string, description: string): object {
  const variables = {
    host: { default: 'localhost' },
    port: { default: '1952', description: 'One port for all protocols.' },
  }
  return { host: '{host}:{port}', protocol, description, variables }
}

/** A JSON pointer; `/` and `~` do not occur in names. */
function referTo(...path: readonly string[]): { readonly $ref: string } {
  return { $ref: `#/${path.join('/')}` }
}

function makeSending(channel: string, names: readonly NotificationName[]): object {
  const [first] = names
  return {
    action: 'send',
    channel: referTo('channels', channel),
    ...(names.length === 1 && first !== undefined && { summary: notifications[first].about }),
    messages: names.map((name) => referTo('channels', channel, 'messages', name)),
  }
}

function makeReceiving(name: MethodName): object {
  const channel = referTo('channels', 'connection')
  const message = (kind: string): object => referTo('channels', 'connection', 'messages', `${name}.${kind}`)
  return {
    action: 'receive',
    channel,
    summary: methods[name].about,
    messages: [message('request')],
    reply: { channel, messages: [message('answer')] },
  }
}

function makeNotification(name: NotificationName): readonly [string, object] {
  const { about, params } = notifications[name]
  const payload = {
    type: 'object',
    required: ['jsonrpc', 'method', 'params'],
    properties: { jsonrpc, method: { const: name }, params: makeSchema(params, 'open') },
  }
  return [name, { name, summary: about, payload }]
}

function makeRequest(name: MethodName): readonly [string, object] {
  const [params] = openRpcExamples[name]
  const needsParams = (methods[name].params.required ?? []).length > 0
  const payload = {
    type: 'object',
    required: ['jsonrpc', 'method', ...(needsParams ? ['params'] : [])],
    properties: {
      jsonrpc,
      id: idReference,
      method: { const: name },
      params: makeSchema(methods[name].params, 'closed'),
    },
    additionalProperties: false,
  }
  const examples = [{ payload: { jsonrpc: '2.0', id: 1, method: name, params } }]
  return [`${name}.request`, { name, summary: methods[name].about, correlationId, payload, examples }]
}

function makeAnswer(name: MethodName): readonly [string, object] {
  const result: object = methods[name].result
  const codes = [...anyErrors, ...methodErrors[name]].map((error) => errorRow(error).code)
  const error = { allOf: [{ $ref: '#/components/schemas/Error' }, { properties: { code: { enum: codes } } }] }
  const payload = {
    type: 'object',
    required: ['jsonrpc', 'id'],
    properties: { jsonrpc, id: idReference, result: makeSchema(result, 'open'), error },
    oneOf: [{ required: ['result'] }, { required: ['error'] }],
  }
  const examples = [{ payload: { jsonrpc: '2.0', id: 1, result: openRpcExamples[name][1] } }]
  return [`${name}.answer`, { name: `${name} answer`, summary: `Answers ${name}.`, correlationId, payload, examples }]
}

function makeError(): object {
  return {
    title: 'Error',
    type: 'object',
    required: ['code', 'message', 'data'],
    properties: {
      code: { type: 'integer' },
      message: { type: 'string', description: 'For people; it may change.' },
      data: makeErrorData(),
    },
  }
}
