/** A table with a heading. */

export interface TableRow {
  /** Shown as a warning: what the row names is gone. */
  readonly isGone?: boolean
  readonly cells: readonly string[]
}

interface TableProps {
  readonly title: string
  readonly heads: readonly string[]
  readonly rows: readonly TableRow[]
}

/** Scrolls by itself where it is wider than the screen. */
export function Table({ title, heads, rows }: TableProps) {
  return (
    <section>
      <h2>{title}</h2>
      <div class="wide" tabIndex={0} role="group" aria-label={title}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ isGone, cells }, place) => (
              <tr key={place} class={isGone === true ? 'gone' : ''}>
                {cells.map((cell, column) => (
                  <td key={column} translate={false}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
