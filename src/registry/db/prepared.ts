import type { Compilable } from 'kysely'
import type pg from 'pg'

/** Stands in a query for a value that is given when it runs. */
class Slot {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A query that is built once, and planned once for each connection: for what is asked often, building and planning take
 * longer than finding. `build` gets a stand-in for each value; the same query comes of it whatever they are.
 */
export function prepare<V extends object, R>(
  pool: Pick<pg.Pool, 'query'>,
  name: string,
  build: (value: V) => Compilable<R>,
): (values: V) => Promise<R[]> {
  const slots = new Proxy({}, { get: (_, slot) => new Slot(String(slot)) }) as V
  const { sql, parameters } = build(slots).compile()
  return async (values) => {
    const given = parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name as keyof V] : parameter,
    )
    const { rows } = await pool.query({ name, text: sql, values: given })
    return rows as R[]
  }
}
