/** An IPv4 address as a number. */
export function addressOf(text: string): number {
  const known = addresses.get(text);
  if (known !== undefined) return known;
  const read = text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
  addresses.set(text, read);
  return read;
}

/** Those of an estate are few, and each is asked about many times a second. */
const addresses = new Map<string, number>();

/** Whether a range, `10.20.0.0/16`, has an address. */
export function isIn(range: string, address: string): boolean {
  const { base, size } = ranges.get(range) ?? readRange(range);
  return base === Math.floor(addressOf(address) / size);
}

const ranges = new Map<string, { readonly base: number; readonly size: number }>();

function readRange(text: string): { readonly base: number; readonly size: number } {
  const [base = '', bits = '32'] = text.split('/');
  const size = 2 ** (32 - Number(bits));
  const range = { base: Math.floor(addressOf(base) / size), size };
  ranges.set(text, range);
  return range;
}

export const prefixOf = (range: string): number => Number(range.split('/')[1] ?? 32);

/** RFC 1918, RFC 6598 and class E: what `private-ranges-only` sends into the network. Source: Cloud Run, VPC egress, read 2026-11-23. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '240.0.0.0/4'];
export const isPrivate = (address: string): boolean => PRIVATE.some((range) => isIn(range, address));
