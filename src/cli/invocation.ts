/** The command that a person types to run this program. */

/** Derives the command from npm's variables in `env`: a checkout has no `oxo` on the path. */
export function commandIn({ npm_package_name: name, npm_lifecycle_event: script = '' }: NodeJS.ProcessEnv): string {
  return name === 'oxo' && ['start', 'oxo', 'dev'].includes(script) ? 'npm run -s oxo --' : 'oxo'
}

/** The command of this process. */
export const command = commandIn(process.env)
