/** The method table as an OpenRPC 1.3 document. */
import { errorNames, errorRow } from './errors.ts'
import { methodNames, methods } from './methods.ts'

/** `version`: the server's. */
export function makeOpenRpc(version: string): object {
  return {
    openrpc: '1.3.2',
    info: { title: 'Oxo', version, description: 'A networked tic-tac-toe service.', license: { name: 'MIT' } },
    methods: methodNames.map((name) => {
      const { about, params, result } = methods[name]
      const required = new Set<string>(params.required ?? [])
      return {
        name,
        summary: about,
        paramStructure: 'by-name',
        params: Object.entries(params.properties).map(([member, schema]) => ({
          name: member,
          required: required.has(member),
          schema,
        })),
        result: { name: 'result', schema: result },
      }
    }),
    components: {
      errors: Object.fromEntries(
        errorNames.map((name) => {
          const { code, retry, message } = errorRow(name)
          return [name, { code, message, data: { name, retry } }]
        }),
      ),
    },
  }
}
