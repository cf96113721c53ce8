/** What the DNS says of a host, and what that means for the load balancers whose URL maps know it. */
export interface DnsSeen {
  readonly a: readonly string[];
  readonly aaaa: readonly string[];
  readonly cname: string | undefined;
  /** The nearest set of CAA records upwards, as `issue pki.goog`; empty: anybody may issue. */
  readonly caa: readonly string[];
  /** The name at which they stand. */
  readonly caaAt: string | undefined;
  /**
   * 'partly': some addresses are the load balancer's, and some are not. 'cdn': somebody else's front is before it, so that addresses prove nothing.
   * 'nowhere': it has no address. 'unknown': no load balancer is known to want it.
   */
  readonly leads: 'load-balancer' | 'partly' | 'elsewhere' | 'cdn' | 'nowhere' | 'unknown';
}

/** Where a name leads, of load balancers that have `wanted` addresses. */
export function whereDnsLeads(
  { a, aaaa, cname }: Pick<DnsSeen, 'a' | 'aaaa' | 'cname'>,
  wanted: readonly string[],
): DnsSeen['leads'] {
  const found = [...a, ...aaaa];
  if (found.length === 0) return 'nowhere';
  if (isCdnName(cname) || a.some(isCdnAddress)) return 'cdn';
  if (wanted.length === 0) return 'unknown';
  const right = found.filter((address) => wanted.includes(address));
  if (right.length === found.length) return 'load-balancer';
  return right.length > 0 ? 'partly' : 'elsewhere';
}

/** Names under which CDNs stand in for others: the vendors' own documentation, read 2026-11-23. */
const CDN_NAMES = [
  'cloudfront.net',
  'fastly.net',
  'edgekey.net',
  'akamaiedge.net',
  'cdn.cloudflare.net',
  'azureedge.net',
];
const isCdnName = (cname: string | undefined): boolean =>
  cname !== undefined && CDN_NAMES.some((suffix) => cname === suffix || cname.endsWith(`.${suffix}`));

/** Of the two that answer under a customer's own addresses: cloudflare.com/ips-v4, api.fastly.com/public-ip-list, read 2026-11-23. */
const CDN_RANGES = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '188.114.96.0/20',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '151.101.0.0/16',
  '199.232.0.0/16',
];

const isCdnAddress = (address: string): boolean => CDN_RANGES.some((range) => isWithin(address, range));

function isWithin(address: string, range: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
