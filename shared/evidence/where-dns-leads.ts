import { isFrontAddress, isFrontName } from './known-fronts.ts';

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
   * 'partly': some addresses are the load balancer's, and some are not. 'cdn': somebody's front that we know is before it, so that addresses prove nothing.
   * 'elsewhere': at addresses of nobody that we know, which may be a front all the same.
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
  if ((cname !== undefined && isFrontName(cname)) || found.some(isFrontAddress)) return 'cdn';
  if (wanted.length === 0) return 'unknown';
  const right = found.filter((address) => wanted.includes(address));
  if (right.length === found.length) return 'load-balancer';
  return right.length > 0 ? 'partly' : 'elsewhere';
}
