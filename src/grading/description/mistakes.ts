/** Finds the mistakes in patterns and templates, which the schema of a description cannot. */
import type { DocumentPath, Fail } from '../document/document.ts'
import { placeholders } from '../wire/fields.ts'
import { type FramingText, type ReadPatterns, type RequestText } from './schema.ts'
import { never } from './schema-parts.ts'

export function checkPattern(source: string, fail: (message: string) => never): void {
  try {
    new RegExp(source, 's')
  } catch (cause) {
    fail(`this is no regular expression: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

export interface Templates {
  readonly framing: FramingText
  readonly send: { readonly move: RequestText; readonly reset?: RequestText; readonly board?: RequestText }
  readonly read: ReadPatterns
}

export function checkTemplates({ framing, send, read }: Templates, fail: Fail): void {
  for (const [kind, request] of Object.entries(send)) checkRequest(request, framing, ['send', kind], fail)
  checkCellFields(JSON.stringify(send.move), ['send', 'move'], fail)
  checkRead(read, ['read'], fail)
}

/** A move must say where. */
export function checkCellFields(template: string, path: DocumentPath, fail: Fail): void {
  const names = placeholders(template)
  if (
    !names.some((name) => name.startsWith('cell')) &&
    !(names.some((name) => /^(row|y)/.test(name)) && names.some((name) => /^(col|x)/.test(name)))
  )
    fail(path, `${path.join('.')} does not say where: it needs {row} and {col}, or {cell}, in one of their forms`)
}

/** Checks the patterns at `path`. */
export function checkRead(read: Pick<ReadPatterns, 'board' | 'win'>, path: DocumentPath, fail: Fail): void {
  checkPatterns(read, path, fail)
  checkBoard(read, path, fail)
}

export function checkRequest(request: RequestText, framing: FramingText, path: DocumentPath, fail: Fail): void {
  const isHttpRequest = typeof request === 'object' && 'method' in request
  if ((framing === 'http') !== isHttpRequest)
    fail(
      path,
      framing === 'http'
        ? 'with framing http a request is {method, path, json or text}'
        : 'a request with a method needs framing: http',
    )
  for (const name of JSON.stringify(request).matchAll(/\{([A-Za-z]+[01]?|[A-Za-z]+A)\}/g))
    if (placeholders(name[0]).length === 0)
      fail(
        path,
        `{${name[1]}} is no field; the fields are player, row, col, row1, col1, rowA, colA, x, y, x1, y1, cell, cell1, game, name, token`,
      )
}

/** Checks all regular expressions in a tree of patterns. */
function checkPatterns(value: unknown, path: DocumentPath, fail: Fail): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    const at = [...path, key]
    if (key === 'symbols' || key === 'encoding') continue
    if (typeof part !== 'string') checkPatterns(part, at, fail)
    else if (key === 'json' || key === 'player') checkPath(part, at, fail)
    else checkPattern(part, (message) => fail(at, message))
  }
}

function checkPath(text: string, path: DocumentPath, fail: Fail): void {
  if (!/^(?:\$|[\w-]+)(?:\.[\w-]+|\[\d+\])*$/.test(text))
    fail(path, `this is no path: write game.board or $.cells[0], not ${text}`)
}

function checkBoard({ board, win }: Pick<ReadPatterns, 'board' | 'win'>, path: DocumentPath, fail: Fail): void {
  if (board !== undefined && 'rows' in board && groupsOf(board.rows) !== 3)
    fail(
      [...path, 'board', 'rows'],
      `${path.join('.')}.board.rows needs three groups, one for each cell of a row: (.) (.) (.)`,
    )
  if (typeof win === 'string' && win !== never && !win.includes('(?<player>'))
    fail(
      [...path, 'win'],
      `${path.join('.')}.win does not say who won: name a group (?<player>…), or give {X: …, O: …} or {self: …, other: …}; never, if the server does not say it`,
    )
}

/** The number of groups that capture. */
function groupsOf(source: string): number {
  return (new RegExp(`${source}|`).exec('')?.length ?? 1) - 1
}
