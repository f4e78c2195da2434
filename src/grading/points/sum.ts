/** Adds points, which may have hundredths. */

/** To hundredths, so that a sum has no error of binary fractions. */
export const roundPoints = (points: number): number => Math.round(100 * points) / 100

export const addPoints = (points: readonly number[]): number =>
  roundPoints(points.reduce((total, each) => total + each, 0))

/** What was earned, and what could be: a check that was not made counts neither for nor against. */
export const sumOf = (
  checks: readonly { readonly verdict: 'passed' | 'failed' | 'not checked'; readonly points: number }[],
): { readonly points: number; readonly pointsMax: number } => ({
  points: addPoints(checks.filter(({ verdict }) => verdict === 'passed').map(({ points }) => points)),
  pointsMax: addPoints(checks.filter(({ verdict }) => verdict !== 'not checked').map(({ points }) => points)),
})
