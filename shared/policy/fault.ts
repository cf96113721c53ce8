/** One thing that is wrong with `runmedic.yaml`. */
export interface Fault {
  readonly file: string;
  /** From 1; undefined when the file as a whole is meant. */
  readonly line: number | undefined;
  /** Such as `environments.staging.checks[1].url`; empty for the file itself. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
}

/** A fault before it is known where in the file it lies. */
export interface RawFault {
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly allowed: string;
}

/** `runmedic.yaml:3 environments.staging.region: found "us-central1-a", allowed: a Google Cloud region …` */
export function faultLine(fault: Fault): string {
  const place = fault.line === undefined ? fault.file : `${fault.file}:${fault.line}`;
  return `${[place, fault.path].filter(Boolean).join(' ')}: found ${fault.found}, allowed: ${fault.allowed}`;
}

/** `['checks', 1, 'url']` as `checks[1].url`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
