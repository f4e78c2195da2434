/** Checks that the output of a server conforms to its protocol, whatever the input was, and classifies it. */
import { isUtf8 } from 'node:buffer'
import { FuzzFinding } from './target.ts'

/** Characters that must never reach a terminal. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u

/** Classifies the output of one connection. Its first bytes tell the protocol, which never changes. @throws Finding */
export function judge(got: Buffer): string {
  if (got.length === 0) return 'nothing'
  if (got.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101') return judgeWebSocket(got)
  if (got.subarray(0, 5).toString('latin1') === 'HTTP/') return judgeHttp(got)
  const text = toText(got)
  return text.startsWith('{') || text.startsWith('\n{') ? judgeLines(text) : judgeText(text)
}

/** Checks text replies, which end with an empty line, and the notifications between them. @throws Finding */
export function judgeText(text: string): string {
  if (!text.endsWith('\n')) throw new FuzzFinding(`a line without an end: ${show(text.slice(-200))}`)
  const kinds = new Set<string>()
  let isInside = false
  for (const line of text.slice(0, -1).split('\n')) {
    if (unprintable.test(line)) throw new FuzzFinding(`a line that no terminal should see: ${show(line)}`)
    if (isInside || line.startsWith('* ')) isInside = isInside && line !== ''
    else {
      const kind = /^(?:OK|WIN|DRAW|OVER|BOARD|ERR \d{4} [a-z-]+:|ERR -\d{5} [a-z-]+:)(?= |$)/.exec(line)?.[0]
      if (kind === undefined) throw new FuzzFinding(`no reply begins like this: ${show(line)}`)
      if (kind.includes(' internal')) throw new FuzzFinding(`a bug of ours: ${show(line)}`)
      kinds.add(kind)
      isInside = true
    }
  }
  return `text ${[...kinds].sort().join(' ')}`
}

/** Checks JSON lines: one message per line; an empty line is a heartbeat. @throws Finding */
export function judgeLines(text: string): string {
  if (!text.endsWith('\n')) throw new FuzzFinding(`a line without an end: ${show(text.slice(-200))}`)
  const kinds = new Set<string>()
  for (const line of text.slice(0, -1).split('\n')) if (line !== '') kinds.add(judgeMessage(line))
  return `lines ${[...kinds].sort().join(' ')}`
}

interface Message {
  readonly jsonrpc?: unknown
  readonly id?: unknown
  readonly method?: unknown
  readonly result?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: { readonly name?: unknown } }
}

export function judgeMessage(text: string): string {
  const message = parse(text)
  if (message.jsonrpc !== '2.0') throw new FuzzFinding(`not JSON-RPC 2.0: ${show(text)}`)
  if (typeof message.method === 'string') return message.method
  if (message.id === undefined) throw new FuzzFinding(`an answer without an id: ${show(text)}`)
  if (message.error === undefined) {
    if (message.result === undefined) throw new FuzzFinding(`neither result nor error: ${show(text)}`)
    return 'result'
  }
  const { code, message: sentence, data } = message.error
  if (typeof code !== 'number' || typeof sentence !== 'string' || typeof data?.name !== 'string')
    throw new FuzzFinding(`an error without code, message or name: ${show(text)}`)
  if (data.name === 'internal') throw new FuzzFinding(`a bug of ours: ${show(text)}`)
  return data.name
}

/** Checks the heads of a sequence of HTTP answers; where a body ends is not checked. @throws Finding */
export function judgeHttp(got: Buffer): string {
  const text = got.toString('latin1')
  const kinds: string[] = []
  for (const [, status = '', head = ''] of text.matchAll(/HTTP\/1\.1 (\d{3}) ([^]*?\r\n)\r\n/g)) {
    if (/^5(?!03|07)/.test(status)) throw new FuzzFinding(`a bug of ours: ${show(text.slice(0, 600))}`)
    if (/(?<!\r)\n|\r(?!\n)|\0/.test(head)) throw new FuzzFinding(`a malformed header: ${show(head)}`)
    kinds.push(status)
  }
  if (kinds.length === 0) throw new FuzzFinding(`no complete answer: ${show(text.slice(0, 300))}`)
  return `http ${kinds.slice(0, 4).join(' ')}`
}

/** Close codes that the server may send. */
const closeCodes = /^(?:1000|1001|1002|1003|1007|1009|4\d{3})$/

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** Parses the frames after the answer to the upgrade. @throws Finding if a server may not send them. */
export function parseFrames(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length;) {
    const [first = 0, second = 0] = bytes.subarray(at)
    if ((first & 0xf0) !== 0x80) throw new FuzzFinding(`a fragment or a reserved bit: ${first.toString(16)}`)
    if ((second & 0x80) !== 0) throw new FuzzFinding('a masked frame from the server')
    const head = second < 126 ? 2 : second === 126 ? 4 : 10
    if (at + head > bytes.length) throw new FuzzFinding('half a frame')
    const length =
      second < 126 ? second : second === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    if (at + head + length > bytes.length) throw new FuzzFinding('half a frame')
    frames.push({ opcode: first & 0x0f, payload: bytes.subarray(at + head, at + head + length) })
    at += head + length
  }
  return frames
}

function judgeWebSocket(got: Buffer): string {
  const kinds = new Set<string>()
  for (const { opcode, payload } of parseFrames(got.subarray(got.indexOf('\r\n\r\n') + 4)))
    switch (opcode) {
      case 1:
        kinds.add(judgeMessage(toText(payload)))
        break
      case 8: {
        const code = payload.length < 2 ? '' : String(payload.readUInt16BE(0))
        if (code !== '' && !closeCodes.test(code)) throw new FuzzFinding(`closed with ${code}`)
        kinds.add(`closed ${code}`)
        break
      }
      case 9:
      case 10:
        kinds.add(opcode === 9 ? 'ping' : 'pong')
        break
      default:
        throw new FuzzFinding(`a frame with opcode ${opcode}`)
    }
  return `websocket ${[...kinds].sort().join(' ')}`
}

function toText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new FuzzFinding(`not UTF-8: ${bytes.subarray(0, 200).toString('hex')}`)
  return bytes.toString()
}

function parse(text: string): Message {
  try {
    return JSON.parse(text) as Message
  } catch {
    throw new FuzzFinding(`not JSON: ${show(text)}`)
  }
}

/** Escapes a text so that it is safe to print; at most 400 characters of it. */
export function show(text: string): string {
  return JSON.stringify(text.slice(0, 400)).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  )
}
