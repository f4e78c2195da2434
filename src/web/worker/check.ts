/** Replaces `typebox/compile` in the page, whose content security policy forbids code generation. */
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'

class Checker {
  readonly #schema: TSchema

  constructor(schema: TSchema) {
    this.#schema = schema
  }

  Check(value: unknown): boolean {
    return Check(this.#schema, value)
  }

  Errors(value: unknown): ReturnType<typeof Errors> {
    return Errors(this.#schema, value)
  }
}

export default function compile(schema: TSchema): Checker {
  return new Checker(schema)
}
