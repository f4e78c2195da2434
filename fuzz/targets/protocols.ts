/** The four protocols as fuzz targets. */
import { levels, presets } from '../../src/game/index.ts'
import { methodNames } from '../../src/protocol/schema/index.ts'
import { makeProtocolTarget } from '../lib/protocols.ts'
import { upgradeToWebSocket } from '../lib/websocket-talk.ts'

const rules = [...Object.keys(presets), '3,3,3', '25,25,25+gravity', '1,1,1', '26,1,1', '7,6,4+gravity+misere+exact']

const textWords = [
  'X 1 1\n', 'O 0 0\n', '1 1\n', 'x,2,2\n', 'board\n', 'main\n', 'new ', 'create ', 'play\n', 'bot ', 'join ', 'watch ', 'watch constructor\n',
  'unwatch\n', 'games\n', 'resign\n', 'draw\n', 'takeback\n', 'rematch\n', 'accept\n', 'decline\n', 'name ', 'token\n', 'as ',
  'help\n', 'quit\n', 'main', 'eyJhbGciOiJub25lIn0.e30.', ...levels, ...rules,
] // prettier-ignore

const members = [
  'jsonrpc', 'id', 'method', 'params', 'game', 'x', 'y', 'player', 'mark', 'version', 'rules', 'seat', 'seats', 'public',
  'opponent', 'bot', 'clock', 'initialMs', 'incrementMs', 'perMoveMs', 'what', 'accept', 'token', 'name', 'protocol', 'status',
  'cursor', 'width', 'height', 'line', 'gravity', 'misere', 'marks', 'exact',
].map((name) => `"${name}":`) // prettier-ignore

const jsonWords = [
  '{"jsonrpc":"2.0","id":1,"method":"', '","params":{', '}}\n', '}\n', ...methodNames.map((name) => `"${name}"`), ...members,
  '"main"', '"X"', '"O"', '"any"', '"none"', '"invite"', '"open"', '"draw"', '"takeback"', '"rematch"', '"perfect"', '"2.0"',
  ...rules.map((text) => `"${text}"`), '{"__proto__":null}', '{"constructor":{"prototype":{}}}', '[[[[[[[[', '{"a":{"a":{"a":',
  '1e400', '-0', '"\\ud800"', '"\\u0000"',
] // prettier-ignore

const httpWords = [
  'GET ', 'POST ', 'HEAD ', 'PUT ', 'OPTIONS ', 'CONNECT ', ' HTTP/1.1\r\n', ' HTTP/1.0\r\n', 'Host: localhost\r\n', '\r\n\r\n',
  'Content-Length: 2\r\n', 'Content-Length: ', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: gzip, chunked\r\n',
  'Content-Type: application/json\r\n', 'Connection: close\r\n', 'Connection: Upgrade\r\n', 'Upgrade: websocket\r\n', 'Upgrade: h2c\r\n',
  'Sec-WebSocket-Version: 13\r\n', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', 'Sec-WebSocket-Extensions: permessage-deflate\r\n',
  'Origin: http://localhost\r\n', 'Origin: null\r\n', 'Accept: text/html\r\n', 'Accept: application/json;q=0.5\r\n', 'Accept: text/event-stream\r\n',
  'Accept-Encoding: br;q=0, gzip\r\n', 'If-Match: "1"\r\n', 'If-None-Match: W/"1", *\r\n', 'Last-Event-ID: 3\r\n', 'Expect: 100-continue\r\n',
  'Authorization: Bearer ', 'Range: bytes=0-1\r\n', 'Trailer: X\r\n', '0\r\n\r\n', '2\r\n{}\r\n', '5;a="b\r\n', '/rpc', '/ws', '/games', '/games/main',
  '/games/main/moves', '/games/main/join', '/games/main/resign', '/games/main/changes', '/openrpc.json', '/asyncapi.json', '/livez', '/readyz?verbose', '/metrics',
  '/games/%2e%2e', '/games/__proto__', '/games/constructor', '/games/%ff', '/assets/', '//', '*', 'http://localhost/', '{"x":1,"y":1}',
  '{"jsonrpc":"2.0","id":1,"method":"ping"}',
] // prettier-ignore

/** Parts of frames. The mask is 0, so that payloads are plain text. */
const frameWords = [
  '\u0081', '\u0082', '\u0080', '\u0001', '\u0088', '\u0089', '\u008a', '\u00c1', '\u0083', '\u0080\0\0\0\0', '\u00fe\0\u0080\0\0\0\0',
  '\u00ff\0\0\0\0\0\0\0\u0001', '\u0002\u0003\u00e8',
] // prettier-ignore

export const protocolTargets = [
  makeProtocolTarget({ name: 'text', about: 'the text protocol and the detection of protocols', words: textWords }),
  makeProtocolTarget({ name: 'lines', about: 'the protocol of JSON lines', words: jsonWords }),
  makeProtocolTarget({ name: 'http', about: 'the HTTP protocol', words: httpWords }),
  makeProtocolTarget({
    name: 'websocket',
    about: 'the WebSocket protocol after the upgrade',
    words: [...frameWords, ...jsonWords],
    greeting: upgradeToWebSocket,
  }),
]
