import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'

// Rows for any table of the registry, made from what the database's own catalog says of it: a table that is added
// tomorrow needs nothing here unless a check on it is of a new kind.

export interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly needed: boolean
}
interface Reference {
  readonly table: string
  readonly column: string
  readonly target: string
  readonly targetColumn: string
}

export interface RowMaker {
  /** Tables of the registry that belong to tenants: those that say whose a row is. */
  readonly tenantTables: readonly string[]
  /** Every table of the registry. */
  readonly tables: readonly string[]
  columnsOf(table: string): readonly Column[]
  /** Values for a new row of this tenant; what it refers to is made first. */
  valuesFor(table: string, accountId: string): Promise<Record<string, unknown>>
  /** Adds such a row, with `set` in place of what is made up, and answers with it. */
  insert(table: string, accountId: string, set?: Record<string, unknown>): Promise<Record<string, unknown>>
}

/** `admin` steps around every wall. */
export async function createRowMaker(admin: pg.Client): Promise<RowMaker> {
  const columns = await readColumns(admin)
  const references = await readReferences(admin)
  const checks = await readChecks(admin)
  const tables = [...new Set(columns.map(({ table }) => table))].sort()
  const columnsOf = (table: string) => columns.filter((column) => column.table === table)
  const tenantTables = tables.filter((table) => columnsOf(table).some(({ name }) => name === 'account_id'))

  async function valuesFor(table: string, accountId: string): Promise<Record<string, unknown>> {
    const values: Record<string, unknown> = {}
    for (const column of columnsOf(table)) {
      const reference = references.find((one) => one.table === table && one.column === column.name)
      if (column.name === 'account_id') values['account_id'] = accountId
      else if (column.needed)
        values[column.name] =
          reference === undefined
            ? valueOf(column, checks.get(table) ?? [])
            : await referred(reference, accountId)
    }
    return values
  }

  async function referred({ target, targetColumn }: Reference, accountId: string): Promise<unknown> {
    if (target === 'accounts') return accountId
    const values = await valuesFor(target, accountId)
    const row = await insertRow(target, values)
    return row[targetColumn]
  }

  async function insertRow(table: string, values: Record<string, unknown>): Promise<Record<string, unknown>> {
    const names = Object.keys(values)
    const { rows } = await admin.query<Record<string, unknown>>(
      `insert into registry.${admin.escapeIdentifier(table)} (${names.map((name) => admin.escapeIdentifier(name)).join(', ')})
       values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning *`,
      names.map((name) => values[name]),
    )
    return rows[0]!
  }

  return {
    tenantTables,
    tables,
    columnsOf,
    valuesFor,
    insert: async (table, accountId, set) =>
      insertRow(table, { ...(await valuesFor(table, accountId)), ...set }),
  }
}

async function readColumns(admin: pg.Client): Promise<Column[]> {
  const { rows } = await admin.query<Column>(`
    select table_name as "table", column_name as name, udt_name as type,
           is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER' as needed
    from information_schema.columns where table_schema = 'registry' order by table_name, ordinal_position`)
  return rows
}

async function readReferences(admin: pg.Client): Promise<Reference[]> {
  const { rows } = await admin.query<Reference>(`
    select source.relname as "table", from_column.attname as "column", target.relname as target,
           to_column.attname as "targetColumn"
    from pg_constraint c
    join pg_class source on source.oid = c.conrelid
    join pg_class target on target.oid = c.confrelid
    join pg_attribute from_column on from_column.attrelid = c.conrelid and from_column.attnum = c.conkey[1]
    join pg_attribute to_column on to_column.attrelid = c.confrelid and to_column.attnum = c.confkey[1]
    where c.contype = 'f' and c.connamespace = 'registry'::regnamespace`)
  return rows
}

async function readChecks(admin: pg.Client): Promise<Map<string, string[]>> {
  const { rows } = await admin.query<{ table: string; definition: string }>(`
    select conrelid::regclass::text as "table", pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'c' and connamespace = 'registry'::regnamespace`)
  const checks = new Map<string, string[]>()
  for (const { table, definition } of rows) {
    const name = table.replace(/^registry\./, '')
    checks.set(name, [...(checks.get(name) ?? []), definition])
  }
  return checks
}

/** Something that the column's type and the checks on it allow. */
function valueOf({ table, name, type }: Column, checks: readonly string[]): unknown {
  const own = checks.filter((check) => new RegExp(`\\b${name}\\b`).test(check))
  for (const check of own) {
    const choice = /= ANY \(ARRAY\['([^']+)'/.exec(check)?.[1]
    if (choice !== undefined) return choice
    if (check.includes("'^[0-9a-f]{64}$'")) return createHash('sha256').update(randomUUID()).digest('hex')
    const length = new RegExp(`length\\(${name}\\) = (\\d+)`).exec(check)?.[1]
    if (length !== undefined) return 'x'.repeat(Number(length))
  }
  switch (type) {
    case 'text':
    case 'varchar':
      return name === 'tier'
        ? 'free'
        : name === 'version'
          ? '1.0.0'
          : `probe-${randomBytes(6).toString('hex')}`
    case 'uuid':
      return randomUUID()
    case 'int2':
    case 'int4':
    case 'int8':
      return 1
    case 'bool':
      return false
    case 'timestamptz':
      return new Date()
    case 'jsonb':
      return '[]'
    case '_text':
      return []
    case 'bytea':
      return Buffer.from('probe')
    default:
      throw new Error(`The probe has no value for ${table}.${name} of the type ${type}.`)
  }
}
