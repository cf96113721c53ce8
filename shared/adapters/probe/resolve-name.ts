import { Resolver } from 'node:dns/promises';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { DnsAnswer, DnsQuestion } from '../../ports/prober.ts';
import type { ProbeOptions } from './probe-options.ts';

/** Asked twice in all: a packet of UDP may be lost. */
const TRIES = 2;
const RECORDS_MAX = 50;

/** Asks the configured name servers, or the machine's own. @throws PlatformFailure when they do not answer. */
export async function resolveName(
  { name, type, timeoutMs }: DnsQuestion,
  { dnsServers = [] }: ProbeOptions,
  abort: AbortSignal,
): Promise<DnsAnswer> {
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / TRIES), tries: TRIES });
  if (dnsServers.length > 0) resolver.setServers([...dnsServers]);
  const end = () => resolver.cancel();
  abort.addEventListener('abort', end, { once: true });
  try {
    const records = await ask(resolver, name, type);
    return records.length === 0 ? { kind: 'none' } : { kind: 'records', records: records.slice(0, RECORDS_MAX) };
  } catch (error) {
    return answerIn(error, `the question for ${type} of ${name}`);
  } finally {
    abort.removeEventListener('abort', end);
  }
}

async function ask(resolver: Resolver, name: string, type: DnsQuestion['type']): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'CAA':
      return (await resolver.resolveCaa(name)).flatMap(({ issue, issuewild, iodef }) =>
        Object.entries({ issue, issuewild, iodef }).flatMap(([tag, value]) =>
          value === undefined ? [] : [`${tag} ${value}`],
        ),
      );
  }
}

/** @see https://nodejs.org/api/dns.html#error-codes */
function answerIn(error: unknown, asked: string): DnsAnswer {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENODATA') return { kind: 'none' };
  if (code === 'ENOTFOUND') return { kind: 'no-such-name' };
  const late = code === 'ETIMEOUT' || code === 'ECANCELLED';
  const why = error instanceof Error ? error.message : String(error);
  throw new PlatformFailure(late ? 'timed-out' : 'unavailable', `${asked} was not answered: ${why}`, { cause: error });
}
