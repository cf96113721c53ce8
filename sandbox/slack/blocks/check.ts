/** One thing wrong with a JSON value: where (RFC 6901 pointer) and what, in the words that Slack uses. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** Looks at the value that stands at `pointer`; an empty list means that nothing is wrong. */
export type Check = (value: unknown, pointer: string) => readonly Fault[];

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (pointer: string, message: string): readonly Fault[] => [{ pointer, message }];

/** An object with these fields and no other. */
export function object(fields: { required?: Record<string, Check>; optional?: Record<string, Check> }): Check {
  const required = fields.required ?? {};
  const known = { ...fields.optional, ...required };
  return (value, pointer) => {
    if (!isObject(value)) return fault(pointer, 'must provide an object');
    const missing = Object.keys(required).filter((name) => value[name] === undefined);
    return [
      ...missing.flatMap((name) => fault(pointer, `missing required field: ${name}`)),
      ...Object.entries(value).flatMap(([name, entry]) => {
        const check = known[name];
        if (check === undefined) return fault(pointer, `invalid additional property: ${name}`);
        return entry === undefined ? [] : check(entry, `${pointer}/${name}`);
      }),
    ];
  };
}

/** Text measured in code points, as Slack measures it. */
export function string(limits: { min?: number; max?: number } = {}): Check {
  return (value, pointer) => {
    if (typeof value !== 'string') return fault(pointer, 'must provide a string');
    const length = [...value].length;
    if (limits.min !== undefined && length < limits.min) {
      return fault(pointer, `must be more than ${limits.min - 1} characters`);
    }
    if (limits.max !== undefined && length > limits.max) {
      return fault(pointer, `must be less than ${limits.max + 1} characters`);
    }
    return [];
  };
}

export function list(of: Check, limits: { min?: number; max?: number } = {}): Check {
  return (value, pointer) => {
    if (!Array.isArray(value)) return fault(pointer, 'must provide an array');
    const size =
      limits.max !== undefined && value.length > limits.max
        ? fault(pointer, `no more than ${limits.max} items allowed`)
        : limits.min !== undefined && value.length < limits.min
          ? fault(pointer, `no less than ${limits.min} items allowed`)
          : [];
    return [...size, ...value.flatMap((item, index) => of(item, `${pointer}/${index}`))];
  };
}

export const boolean: Check = (value, pointer) =>
  typeof value === 'boolean' ? [] : fault(pointer, 'must provide a boolean');

export const number: Check = (value, pointer) =>
  typeof value === 'number' && Number.isFinite(value) ? [] : fault(pointer, 'must provide a number');

export const oneOf = (...allowed: readonly string[]): Check => {
  return (value, pointer) =>
    typeof value === 'string' && allowed.includes(value) ? [] : fault(pointer, 'must be a valid enum value');
};

/** Chooses the check by the value's `type`; the checks themselves must allow a field `type`. */
export function typed(kinds: Readonly<Record<string, Check>>): Check {
  return (value, pointer) => {
    if (!isObject(value)) return fault(pointer, 'must provide an object');
    if (value['type'] === undefined) return fault(pointer, 'missing required field: type');
    const check = typeof value['type'] === 'string' ? kinds[value['type']] : undefined;
    if (check === undefined) return fault(`${pointer}/type`, `unsupported type: ${String(value['type'])}`);
    return check(value, pointer);
  };
}

/** Every check must pass; the later ones look only where the earlier ones found nothing. */
export function all(...checks: readonly Check[]): Check {
  return (value, pointer) => {
    for (const check of checks) {
      const faults = check(value, pointer);
      if (faults.length > 0) return faults;
    }
    return [];
  };
}

/** Slack's own form of a fault, as `response_metadata.messages` carries it. */
export const describeFault = ({ pointer, message }: Fault): string => `${message} [json-pointer:${pointer}]`;
