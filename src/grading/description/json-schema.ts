/** The schema of a description as a document for editors and validators. */
import { descriptionSchema } from './schema.ts'

/** JSON Schema, draft 7: the newest that the editors for YAML understand. */
export const descriptionJsonSchema: object = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'homework.yaml: how oxo grade starts a submission and speaks its protocol',
  ...descriptionSchema,
}

export const writeDescriptionSchema = (): string => `${JSON.stringify(descriptionJsonSchema, null, 2)}\n`
