import { baseOf, isIn, overlap } from '../evidence/cidr.ts';

/** "Each connector requires its own /28": Serverless VPC Access, subnet requirements (read 2026-11-23). */
const PREFIX = 28;
const STEP = 16;
/** Where Google's own examples put connectors; looked through when nothing is free beside the one that there was. */
const USUAL = '10.8.0.0/20';

/**
 * A /28 that shares no address with what is taken: beside the one that there was, since firewall rules and the lists of others tend to name what is
 * around it; else where connectors usually are. undefined where none is known to be free. Pure.
 */
export function freeRange(beside: string | undefined, taken: readonly string[]): string | undefined {
  const places = [...(beside === undefined ? [] : [`${baseOf(beside).replace(/\.\d+$/, '.0')}/24`]), USUAL];
  return places.flatMap(rangesOf).find((range) => taken.every((other) => !overlap(other, range)));
}

/** Every /28 of a range, in order. */
function rangesOf(range: string): readonly string[] {
  const [a = 0, b = 0, c = 0] = baseOf(range).split('.').map(Number);
  const thirds = Array.from({ length: 256 - c }, (_, index) => c + index);
  return thirds
    .flatMap((third) => Array.from({ length: 256 / STEP }, (_, index) => `${a}.${b}.${third}.${index * STEP}`))
    .filter((base) => isIn(range, base))
    .map((base) => `${base}/${PREFIX}`);
}
