import { earliest, secondsBetween } from '../ports/clock.ts';
import type { Firewall } from '../ports/network.ts';
import { projectOf } from '../ports/resource-name.ts';
import {
  alsoCutOff,
  type BrokenWay,
  brokenWays,
  lostCount,
  lostLine,
  placesOf,
  probedAlike,
  sureOf,
} from './broken-ways.ts';
import { firewallPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT, confessesRelease } from './cut-off.ts';
import { SKEW_SECONDS } from './revisions.ts';
import { type Conclusion, rule } from './rule.ts';
import { unlessUnseen } from './unseen-ways.ts';

/**
 * A firewall rule drops what services send, or what reaches the machines that they send to.
 * Sees connections that time out, and the rule that decides over their way: by the connector's range and tags, destination, port, priority. Where lines
 * name no place, the databases that their service uses are looked for.
 * Silent when nothing times out, and about hierarchical policies, which are not read.
 */
export const firewallBlocking = rule({
  layer: 'configuration',
  title: 'Firewall blocks the way',
  needs: ['network', 'logs', 'cloud-run'],
  considers: ['database'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) => {
    const broken = brokenWays(seen, context).filter(({ way }) => !confessesRelease(way.service, services, seen.logs));
    const rules = new Map<string, { readonly by: Firewall; readonly found: BrokenWay[] }>();
    for (const one of broken) {
      if (one.verdict.kind !== 'denied') continue;
      const { rule: by } = one.verdict;
      const known = rules.get(by.name) ?? { by, found: [] };
      known.found.push(one);
      rules.set(by.name, known);
    }
    if (rules.size > 0) return [...rules.values()].map(({ by, found }) => blocked(by, found, alsoCutOff(found, seen)));
    const unread = seen.network.networks.flatMap(({ unread: parts }) => parts).find(({ part }) => part === 'firewalls');
    if (unread !== undefined) return [{ kind: 'inconclusive', reason: unread.detail, settles: 'not-by-itself' }];
    const count = seen.network.networks.reduce((sum, { firewalls }) => sum + firewalls.length, 0);
    const reason = `none of ${count} firewall rules denies a way on which connections time out`;
    return unlessUnseen([{ kind: 'ruled-out', reason }], seen.network);
  },
});

function blocked(by: Firewall, found: readonly BrokenWay[], also: readonly string[]): Conclusion {
  const project = projectOf(by.network);
  const url = firewallPage(project, by.name);
  const side = by.direction === 'egress' ? 'to' : 'from';
  const first = found.map(({ place }) => place.firstAt).reduce(earliest);
  const began = by.createdAt === undefined ? 'unknown' : secondsBetween(by.createdAt, first);
  const services = [...new Set([...found.map(({ way }) => way.service), ...also])];
  return {
    kind: 'cause',
    target: `projects/${project}/global/firewalls/${by.name}`,
    claim: `Firewall rule ${by.name} denies ${placesOf(found)}: ${lostCount(found)} connections of ${services.join(', ')} came to nothing.`,
    confidence: sureOf(found, 'certain'),
    evidence: [
      {
        text: `${by.name}: ${by.direction}, deny ${side} ${by.ranges.join(', ')}, priority ${by.priority}, ${by.targetTags.length === 0 ? 'for every machine' : `for tags ${by.targetTags.join(', ')}`}${by.createdAt === undefined ? '' : `; made at ${by.createdAt}`}.`,
        url,
      },
      ...found.map((one) => ({ text: lostLine(one) })),
      { text: `The first came to nothing at ${first}.` },
    ],
    expects: [
      {
        text: 'the rule is older than the failures',
        seen: began === 'unknown' ? 'unknown' : began >= -SKEW_SECONDS ? 'yes' : 'no',
      },
      ...probedAlike(found),
    ],
    services,
  };
}
