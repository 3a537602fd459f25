import pg from 'pg'

/** A statement that the registry sent, and for whom its transaction acted. */
export interface SentQuery {
  readonly text: string
  readonly values: readonly unknown[]
  /** Values of `app.tenant`, `app.user` and `app.across_tenants`. */
  readonly reach: readonly unknown[]
}

/** Notes what this process asks of the registry's tables, for whatever is called in between. */
export function recordQueries(): { take(): SentQuery[]; stop(): void } {
  const sent: SentQuery[] = []
  const reaches = new WeakMap<object, readonly unknown[]>()
  // eslint-disable-next-line typescript/unbound-method
  const { query } = pg.Client.prototype
  function noting(this: pg.Client, ...given: unknown[]): unknown {
    const [first, second] = given as [string | { text?: string; values?: unknown[] }, unknown[]?]
    const text = typeof first === 'string' ? first : (first.text ?? '')
    const values = (typeof first === 'string' ? second : first.values) ?? []
    if (/^(?:begin|commit|rollback)/i.test(text)) reaches.delete(this)
    if (text.includes("set_config('app.tenant'")) reaches.set(this, values)
    else if (/registry["\s]*\./.test(text))
      sent.push({ text, values, reach: reaches.get(this) ?? ['', '', ''] })
    return Reflect.apply(query, this, given)
  }
  pg.Client.prototype.query = noting as typeof query
  return {
    take: () => sent.splice(0),
    stop() {
      pg.Client.prototype.query = query
    },
  }
}

/** A node of a plan, as PostgreSQL writes it. */
interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}
export interface Explained {
  /** Node types with their tables: `Index Scan submissions`. */
  readonly scans: readonly string[]
  /** Rows that were looked at, those that a filter left out included. */
  readonly rowsRead: number
  /** Milliseconds in the database, without planning. */
  readonly ms: number
}

/**
 * Runs a query again, as the role that sent it, and tells how it was found; whatever it changes is taken back.
 * `indexesOnly`: reads a table from end to end only where no index would do, however small the table.
 */
export async function explain(
  server: pg.Client,
  { text, values, reach }: SentQuery,
  { indexesOnly = false } = {},
): Promise<Explained> {
  await server.query('begin')
  try {
    if (indexesOnly) await server.query('set local enable_seqscan = off')
    await server.query(
      `select set_config('app.tenant', $1, true), set_config('app.user', $2, true), set_config('app.across_tenants', $3, true)`,
      [...reach],
    )
    const { rows } = await server.query<{ 'QUERY PLAN': [{ Plan: Plan; 'Execution Time': number }] }>(
      `explain (analyze, format json) ${text}`,
      [...values],
    )
    const [{ Plan: plan, 'Execution Time': ms }] = rows[0]!['QUERY PLAN']
    return { scans: scansOf(plan), rowsRead: rowsOf(plan), ms }
  } finally {
    await server.query('rollback')
  }
}

function scansOf(plan: Plan): string[] {
  const table = plan['Relation Name']
  const own = table === undefined ? [] : [`${plan['Node Type']} ${table}`]
  return [...own, ...(plan.Plans ?? []).flatMap(scansOf)]
}

function rowsOf(plan: Plan): number {
  const looked = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
  const own = plan['Relation Name'] === undefined ? 0 : looked
  return own + (plan.Plans ?? []).reduce((sum, inner) => sum + rowsOf(inner), 0)
}
