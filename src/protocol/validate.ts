/** Compiled validation of params against the method table. */
import { Compile } from 'typebox/schema'
import { Fault } from './fault.ts'
import { type MethodName, methodNames, methods, type Params } from './methods.ts'

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

interface Check {
  Check(value: unknown): boolean
  /** Whether it fits, and if not why. */
  Errors(value: unknown): readonly [boolean, readonly SchemaError[]]
}

/** Each name to itself: the key found is a constant, and tables are looked up by it faster than by a fresh text. */
const names: ReadonlyMap<string, MethodName> = new Map(methodNames.map((name) => [name, name]))
/** Compiled when a method is first asked for: a server starts in the time that compiling all of them takes. */
const checks = new Map<MethodName, Check>()

/** Undefined: there is no such method. */
export function parseMethod(name: string): MethodName | undefined {
  return names.get(name)
}

/**
 * The params as the method's type, the very same object.
 * @throws Fault 'invalid-params' that names the member and what is wrong with it.
 */
export function checkParams<Method extends MethodName>(method: Method, params: unknown): Params<Method> {
  const check = checks.get(method) ?? compile(method)
  if (check.Check(params)) return params as Params<Method>
  throw new Fault('invalid-params', complaint(check, params))
}

function compile(method: MethodName): Check {
  const check = Compile(methods[method].params)
  checks.set(method, check)
  return check
}

function complaint(check: Check, params: unknown): string {
  const error = pickError(check.Errors(params)[1])
  if (error === undefined) return 'the params do not fit the method'
  const member = error.instancePath.replaceAll('/', '.').slice(1)
  return `${member === '' ? 'params' : member}: ${sayWhy(error)}`
}

/** What the compiled check says of a member that a form does not have. */
const unknownMember = 'schema is false'

function sayWhy({ keyword, params, message }: SchemaError): string {
  if (message === unknownMember) return 'there is no such member'
  const allowed = keyword === 'enum' && 'allowedValues' in params ? params.allowedValues : undefined
  return Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message
}

/** The first error. Where a member may have several forms: one of the form that was meant, which fits best. */
function pickError(errors: readonly SchemaError[]): SchemaError | undefined {
  const [first] = errors
  const union = errors.find(
    ({ keyword, schemaPath }) => keyword === 'anyOf' && first?.schemaPath.startsWith(schemaPath),
  )
  if (union === undefined) return first
  const forms = `${union.schemaPath}/anyOf/`
  const formOf = ({ schemaPath }: SchemaError): string => schemaPath.slice(forms.length).replace(/\/.*/, '')
  const groups = [...Map.groupBy(errors.filter(isWithin(forms)), formOf).values()]
  const meant = groups.filter(([error]) => error?.keyword !== 'type' || error.instancePath !== union.instancePath)
  if (meant.length === 0) return { ...union, message: `must be ${listTypes(groups.flat())}` }
  const picked = meant.reduce((best, group) => (group.length < best.length ? group : best))[0]
  if (picked?.message !== unknownMember) return picked
  const isOfAnother = meant.some((group) => !group.some(({ instancePath }) => instancePath === picked.instancePath))
  return isOfAnother ? { ...picked, message: 'cannot stand beside the other members' } : picked
}

function isWithin(path: string): (error: SchemaError) => boolean {
  return ({ schemaPath }) => schemaPath.startsWith(path)
}

function listTypes(errors: readonly SchemaError[]): string {
  return [...new Set(errors.map(({ params }) => ('type' in params ? String(params.type) : '')))].join(' or ')
}
