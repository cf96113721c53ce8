/** What `private-ranges-only` sends into the network: RFC 1918, RFC 6598 and class E. Source: Cloud Run, VPC egress (read 2026-11-23). */
const PRIVATE_RANGES: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '240.0.0.0/4',
];

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

export const isIpv4 = (host: string): boolean => IPV4.test(host);

export const isPrivate = (address: string): boolean => PRIVATE_RANGES.some((range) => isIn(range, address));

/** Whether a range, `10.20.0.0/16`, has an IPv4 address. A range of IPv6 has none. */
export function isIn(range: string, address: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  if (!isIpv4(base) || !isIpv4(address)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(base) / size) === Math.floor(numberOf(address) / size);
}

/** The length of a range's prefix: 28 of `10.8.0.0/28`. */
export const prefixOf = (range: string): number => Number(range.split('/')[1] ?? 32);

/** How many addresses a range has. */
export const sizeOf = (range: string): number => 2 ** (32 - prefixOf(range));

const numberOf = (address: string): number =>
  address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);

/** Where a range begins: `10.8.0.0` of `10.8.0.0/28`. */
export const baseOf = (range: string): string => range.replace(/\/.*$/, '');

/** Whether two ranges share an address: one of them then has the other whole. */
export const overlap = (a: string, b: string): boolean => isIn(a, baseOf(b)) || isIn(b, baseOf(a));
