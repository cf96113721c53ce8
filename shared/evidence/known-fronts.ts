import { isIn } from './cidr.ts';

/** Names under which those who stand in for others are reached: the vendors' own documentation, read 2026-11-25. */
const NAMES = [
  // Amazon CloudFront
  'cloudfront.net',
  // Fastly
  'fastly.net',
  'fastlylb.net',
  // Akamai
  'edgekey.net',
  'edgesuite.net',
  'akamaiedge.net',
  'akamaized.net',
  'akamai.net',
  // Cloudflare
  'cdn.cloudflare.net',
  // Azure Front Door and CDN
  'azurefd.net',
  'azureedge.net',
  // Imperva
  'impervadns.net',
  'incapdns.net',
  // Vercel, Netlify
  'vercel-dns.com',
  'netlify.app',
  'netlifyglobalcdn.com',
  // Bunny, CDN77, Edgio
  'b-cdn.net',
  'cdn77.org',
  'edgecastcdn.net',
];

/** The whole of cloudflare.com/ips-v4 and ips-v6, read 2026-11-25. */
const CLOUDFLARE = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '190.93.240.0/20',
  '188.114.96.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '131.0.72.0/22',
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
];

/** The whole of api.fastly.com/public-ip-list, read 2026-11-25. */
const FASTLY = [
  '23.235.32.0/20',
  '43.249.72.0/22',
  '103.244.50.0/24',
  '103.245.222.0/23',
  '103.245.224.0/24',
  '104.156.80.0/20',
  '140.248.64.0/18',
  '140.248.128.0/17',
  '146.75.0.0/17',
  '151.101.0.0/16',
  '157.52.64.0/18',
  '167.82.0.0/17',
  '167.82.128.0/20',
  '167.82.160.0/20',
  '167.82.224.0/20',
  '172.111.64.0/18',
  '185.31.16.0/22',
  '199.27.72.0/21',
  '199.232.0.0/16',
  '2a04:4e40::/32',
  '2a04:4e42::/32',
];

const RANGES = [...CLOUDFLARE, ...FASTLY];

/** Whether a name is one of somebody who stands in for others. */
export const isFrontName = (name: string): boolean =>
  NAMES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));

/** Whether an address is of the two that stand in for others under a customer's own name. The others' customers point at a name of theirs. */
export const isFrontAddress = (address: string): boolean =>
  RANGES.some((range) => (address.includes(':') ? isInIpv6(range, address) : isIn(range, address)));

/** For ranges of at most 32 bits, which all of them are: the first two groups. */
function isInIpv6(range: string, address: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const size = 2 ** (32 - Number(bits));
  return base.includes(':') && Math.floor(firstGroups(base) / size) === Math.floor(firstGroups(address) / size);
}

function firstGroups(address: string): number {
  const [first = '', second = ''] = address.split(':');
  return Number.parseInt(first || '0', 16) * 0x1_00_00 + Number.parseInt(second || '0', 16);
}
