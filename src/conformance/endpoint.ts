/** Where a server listens. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Whether to use TLS. By default not. */
  readonly isSecure?: boolean
}
