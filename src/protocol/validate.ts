/** Compiled validation of params against the method table. */
import { Compile } from 'typebox/schema'
import { Fault } from './errors.ts'
import { type MethodName, methodNames, methods, type Params } from './methods.ts'

interface Check {
  Check(value: unknown): boolean
  /** Whether it fits, and if not why. */
  Errors(value: unknown): readonly [boolean, readonly { readonly instancePath: string; readonly message: string }[]]
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
  const [, [first]] = check.Errors(params)
  if (first === undefined) return 'the params do not fit the method'
  const member = first.instancePath.replaceAll('/', '.').slice(1)
  if (first.message === 'schema is false') return `${member}: there is no such member`
  return member === '' ? `params: ${first.message}` : `${member}: ${first.message}`
}
