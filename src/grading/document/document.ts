/** Reads a YAML document of one kind. Every mistake is one sentence with the file, the line and the column. */
import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/schema'
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'

/** A document that cannot be used. The message is a sentence: file, line, column, what is wrong, what is expected. */
export class DocumentMistake extends Error {
  override readonly name = 'DocumentMistake'
}

export interface DocumentKind {
  /** What it is, for a reader: "description". */
  readonly what: string
  /** The description of each schema in it is what a message says was expected. */
  readonly schema: TSchema
  readonly check: Pick<Validator, 'Errors'>
}

export type DocumentPath = readonly (string | number)[]
/** Reports a mistake at a place. @throws DocumentMistake */
export type Fail = (path: DocumentPath, message: string) => never

/**
 * Returns a value that fits the schema, and how to report a mistake that a schema cannot find. `file` is the name in messages.
 * @throws DocumentMistake
 */
export function readDocument(
  yaml: string,
  file: string,
  kind: DocumentKind,
): { readonly value: object; readonly fail: Fail } {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false })
  const failAt = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset)
    throw new DocumentMistake(`${file}:${Math.max(1, line)}:${Math.max(1, col)}: ${message}`)
  }
  const [broken] = document.errors
  if (broken !== undefined) failAt(broken.pos[0], `this is not YAML: ${broken.message.split('\n')[0]}`)
  const fail: Fail = (path, message) => failAt(offsetOf(document, path), message)
  const value: unknown = document.toJS()
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return failAt(0, `a ${kind.what} is a list of \`key: value\` lines, and this has none`)
  const mistake = findMistake(value, kind)
  if (mistake !== null) fail(mistake.path, mistake.message)
  return { value, fail }
}

/** The offset of a value; of its key if the value itself has none; of the closest parent if it does not exist. */
function offsetOf(document: Document, path: DocumentPath): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => (isNode(key) ? String(key) : key) === path[length - 1])
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

interface Mistake {
  readonly path: DocumentPath
  readonly message: string
}

function findMistake(value: unknown, { what, schema, check }: DocumentKind): Mistake | null {
  const [isValid, errors] = check.Errors(value)
  if (isValid) return null
  // The error that lies deepest names the cause; those above only repeat that something below is wrong.
  const [error] = errors.toSorted((a, b) => depthOf(b) - depthOf(a) || rank(a) - rank(b))
  if (error === undefined) return { path: [], message: `the ${what} does not fit the schema` }
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (error.message === unknownKey) {
    const [parent, key] = [path.slice(0, -1), path.at(-1)]
    return {
      path,
      message: `there is no key \`${key}\` in ${describePath(what, parent)}; expected ${expectationAt(schema, parent)}`,
    }
  }
  const [missing] = 'requiredProperties' in error.params ? (error.params.requiredProperties as readonly string[]) : []
  if (missing !== undefined && !isUnion(schema, path))
    return {
      path,
      message: `${describePath(what, path)} has no \`${missing}\`, which is needed: ${expectationAt(schema, [...path, missing])}`,
    }
  return { path, message: `${describePath(what, path)} must be ${expectationAt(schema, path)}` }
}

/** The message of the compiled check about a key that the schema does not have. */
const unknownKey = 'schema is false'

const describePath = (what: string, path: DocumentPath): string => (path.length === 0 ? `the ${what}` : path.join('.'))

const depthOf = ({ instancePath }: { readonly instancePath: string }): number => instancePath.split('/').length
/** An unknown key says more than what else does not fit. */
const rank = ({ message }: { readonly message: string }): number => (message === unknownKey ? 0 : 1)

function unescapePointer(part: string): string | number {
  const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(name) ? Number(name) : name
}

interface SchemaNode {
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

function schemasAt(schema: TSchema, path: DocumentPath): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [schema as SchemaNode]
  for (const part of path)
    nodes = nodes
      .flatMap((node) => [node, ...(node.anyOf ?? [])])
      .flatMap(({ properties, patternProperties, items }) =>
        typeof part === 'number' ? [items] : [properties?.[part], ...Object.values(patternProperties ?? {})],
      )
      .filter((node) => node !== undefined)
  return nodes
}

/** What the schema says of a place. */
export const expectationAt = (schema: TSchema, path: DocumentPath): string =>
  schemasAt(schema, path)[0]?.description ?? 'something else'
const isUnion = (schema: TSchema, path: DocumentPath): boolean =>
  schemasAt(schema, path).some(({ anyOf }) => anyOf !== undefined)
