/** Where a server listens. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}
