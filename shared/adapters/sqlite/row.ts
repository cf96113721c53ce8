/** One row as node:sqlite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** @throws Error when the column is not text: the tables are STRICT, so the query and they have drifted apart. */
export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new Error(`column ${column} is not text: ${String(value)}`);
}

/** @throws Error when the column is not a number. */
export function numberIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw new Error(`column ${column} is not a number: ${String(value)}`);
}
