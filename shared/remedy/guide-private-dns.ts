import type { ChangesObservation } from '../evidence/changes.ts';
import type { NetworkObservation, NetworkView, ZoneObservation } from '../evidence/network.ts';
import type { DnsRecord } from '../ports/network.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { type Or, refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { shellWord } from './shell-word.ts';

/** Its time to live is not observed: five minutes, Cloud DNS's own default, so that a mistake is soon forgotten. */
const TTL_SECONDS = 300;

/** What is to be done about a name in a private zone. @param host without the dot at its end. */
export function privateRecord(
  host: string,
  { networks }: NetworkObservation,
  changes: ChangesObservation | undefined,
): Or<{ readonly guide: Instructions }> {
  const found = networks
    .flatMap((view) => view.zones.map((zone) => ({ view, zone })))
    .filter(({ zone: { domain } }) => host === domain || host.endsWith(`.${domain}`))
    .sort((a, b) => b.zone.domain.length - a.zone.domain.length)[0];
  if (found === undefined) return refused(`no private zone of ${host} was observed`);
  const { view, zone } = found;
  if (zone.answers === 'elsewhere')
    return refused(`zone ${zone.name} asks another network or server for ${host}: the record is theirs to mend`);
  const guide = zone.networks.includes(view.name) ? ofRecord(host, view, zone, changes) : ofZone(view, zone);
  return { kind: 'found', guide };
}

function ofRecord(
  host: string,
  view: NetworkView,
  zone: ZoneObservation,
  changes: ChangesObservation | undefined,
): Instructions {
  const present = zone.records.find(({ name }) => name === host);
  const before = zone.changes.flatMap(({ removed }) => removed).find(({ name }) => name === host);
  const type = before?.type ?? present?.type ?? 'A';
  const value = before === undefined ? 'ADDRESS' : valuesOf(before);
  const at = `--project=${projectOf(view.name)} --zone=${zone.name} --type=${type}`;
  const name = shellWord(`${host}.`, 'NAME_OF_THE_RECORD');
  const set = (verb: 'create' | 'update', values: string) =>
    `gcloud dns record-sets ${verb} ${name} ${at} --ttl=${TTL_SECONDS} --rrdatas=${values}`;
  const known = before === undefined ? ' What it led to before is not known: put it in place of ADDRESS.' : '';
  return {
    summary: {
      title: `${present === undefined ? 'Put back' : 'Correct'} ${host} in zone ${zone.name}`,
      before: present === undefined ? 'no record' : `${present.type} ${present.values.join(', ')}`,
      after: before === undefined ? `${type} ADDRESS` : `${type} ${before.values.join(', ')}`,
    },
    risk: 'low',
    check: {
      words: `See what the zone has now, and whether ${before === undefined ? 'the address that you put there' : before.values.join(', ')} is still the right place.${lastChange(changes, zone.name)}`,
      commands: `gcloud dns record-sets list --project=${projectOf(view.name)} --zone=${zone.name}`,
    },
    make: {
      words: `This ${present === undefined ? 'makes the record anew' : 'puts back what the record was before'}, and touches no other.${known}`,
      commands: set(present === undefined ? 'create' : 'update', value),
    },
    undo: {
      words: 'This puts the zone back as it was:',
      commands:
        present === undefined ? `gcloud dns record-sets delete ${name} ${at}` : set('update', valuesOf(present)),
    },
    expectedEffect: `${host} leads there again, as soon as what clients remember of it runs out`,
    expectedSeconds: TTL_SECONDS,
    whatCouldGoWrong: 'Whoever looks the name up is sent there: a wrong address breaks all who use it.',
    terraform: terraform(
      'google_dns_record_set',
      host.replace(/\..*$/, ''),
      `name         = "${host}."\nmanaged_zone = "${zone.name}"\ntype         = "${type}"\nttl          = ${TTL_SECONDS}\nrrdatas      = [${before?.values.map((one) => JSON.stringify(one)).join(', ') ?? '"ADDRESS"'}]`,
    ),
  };
}

const valuesOf = ({ values }: DnsRecord): string => shellWord(values.join(','), 'ADDRESS');

function ofZone(view: NetworkView, zone: ZoneObservation): Instructions {
  const network = lastOf(view.name);
  const project = projectOf(view.name);
  const seers = zone.networks.map(lastOf);
  const set = (networks: readonly string[]) =>
    `gcloud dns managed-zones update ${zone.name} --project=${project} --networks=${networks.length === 0 ? '""' : networks.join(',')}`;
  return {
    summary: {
      title: `Let network ${network} see zone ${zone.name}`,
      before: `seen by ${seers.join(', ') || 'no network'}`,
      after: `seen by ${[...seers, network].join(', ')}`,
    },
    risk: 'low',
    check: {
      words: 'See which networks the zone is for.',
      commands: `gcloud dns managed-zones describe ${zone.name} --project=${project}`,
    },
    make: {
      words: 'The command names all networks that see the zone: those that it has, and this one.',
      commands: set([...seers, network]),
    },
    undo: { words: 'This puts the zone back as it was:', commands: set(seers) },
    expectedEffect: `names of ${zone.domain} resolve in network ${network} again`,
    expectedSeconds: 120,
    whatCouldGoWrong: `Names of ${zone.domain} that ${network} looks up elsewhere today are answered by the zone from then on.`,
  };
}
