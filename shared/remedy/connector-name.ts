/** "Less than 21 characters, and hyphens count as two": Serverless VPC Access, create a connector, as known on 2026-11-30. */
const LENGTH_MAX = 20;
const HIGHEST = 9;

const isConnectorName = (name: string): boolean =>
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.replaceAll('-', '--').length <= LENGTH_MAX;

/** The next name beside one: `db-2` beside `db`, `db-3` beside `db-2`; without the hyphen, and cut, where that is too long. undefined: all are taken. */
export function nameBeside(name: string, taken: readonly string[]): string | undefined {
  const base = name.replace(/-?\d$/, '');
  const numbers = Array.from({ length: HIGHEST - 1 }, (_, index) => index + 2);
  return numbers.map((number) => numbered(base, number)).find((one) => !taken.includes(one));
}

function numbered(base: string, number: number): string {
  for (let kept = base; ; kept = kept.slice(0, -1)) {
    const fitting = [`${kept}-${number}`, `${kept}${number}`].find(isConnectorName);
    if (fitting !== undefined) return fitting;
  }
}
