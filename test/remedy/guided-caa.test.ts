import { describe, expect, it } from 'vitest';
import { API, certificate, domain, outOfReach, presented, there } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const about = {
  rule: 'certificate-caa-forbidden',
  target: 'projects/acme-staging/global/sslCertificates/api-cert',
} as const;
const dns = (caa: readonly string[], caaAt: string | undefined = 'acme.test') =>
  there({ a: [], aaaa: [], cname: undefined, caa, caaAt, leads: 'load-balancer' as const });
const seen = (dnsSeen: ReturnType<typeof domain>['dns'], held = certificate()) => ({
  certificates: { domains: [domain(presented(), { dns: dnsSeen })], held: there([held]) },
});
const refused = certificate({
  domainStates: [{ domain: API, state: 'caa', detail: 'FAILED_CAA_FORBIDDEN' }],
  state: 'failed',
});

describe('guided-caa', () => {
  it.each([
    ['of one record', seen(dns(['issue letsencrypt.org']))],
    [
      'of several, where Google was refused',
      seen(dns(['issue letsencrypt.org', 'iodef mailto:it@acme.test']), refused),
    ],
    ['of what nobody may', seen(dns(['issue ;']))],
  ])('tells the whole set: %s', (_, told) => expect(guided('guided-caa', { ...about, seen: told })).toMatchSnapshot());

  it.each([
    [
      'the certificate was not observed',
      { certificates: { domains: [], held: there([]) } },
      'certificate api-cert was not observed',
    ],
    [
      'records could not be read',
      seen(outOfReach),
      `the CAA records of ${API} could not be read, or there are none any more`,
    ],
    ['there are none', seen(dns([])), `the CAA records of ${API} could not be read, or there are none any more`],
    ['they let it', seen(dns(['issue pki.goog'])), 'the CAA records of acme.test let pki.goog issue by now'],
  ])('refuses where %s', (_, told, reason) => expect(refusalOf('guided-caa', { ...about, seen: told })).toBe(reason));
});
