import { nearest } from './nearest.ts';

const KINDS = ['http', 'websocket', 'journey'];

/**
 * The file's data with the kind of each check as it was probably meant: which keys a check may have, and what they may hold, depends on its kind,
 * so that a wrong one alone would hide all else that is wrong with it.
 */
export function withMeantKinds(data: unknown): unknown {
  if (!isMapping(data) || !isMapping(data['environments'])) return data;
  const environments = Object.entries(data['environments']).map(([name, environment]) => {
    const checks = isMapping(environment) ? environment['checks'] : undefined;
    return [
      name,
      isMapping(environment) && Array.isArray(checks) ? { ...environment, checks: checks.map(meant) } : environment,
    ];
  });
  return { ...data, environments: Object.fromEntries(environments) };
}

function meant(check: unknown): unknown {
  if (!isMapping(check)) return check;
  const { kind } = check;
  if (typeof kind === 'string') return { ...check, kind: nearest(kind, KINDS) ?? kind };
  return { ...check, kind: kindByKeys(check) };
}

function kindByKeys({ steps, url }: Mapping): string {
  if (steps !== undefined) return 'journey';
  return /^wss?:/.test(String(url)) ? 'websocket' : 'http';
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
