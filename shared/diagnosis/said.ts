import type { Evidence } from '../evidence/evidence.ts';
import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LineCluster, LogsObservation } from '../evidence/logs.ts';
import { servicePage } from './console-links.ts';
import { isRecent } from './recent.ts';
import type { Context, EvidenceLine, Symptom } from './rule.ts';

/** What a person reads at a glance. */
const SAID_MAX = 5;

/** What is printed while all is well. */
const ORDINARY: readonly LogSignature[] = ['instance-starting', 'startup-probe-succeeded', 'container-stopped'];

/** What services in trouble print most, whether or not it is known what it speaks for: where no cause was found, a person may know it. */
export function saidBy(
  { logs, 'cloud-run': run }: Evidence,
  felt: readonly Symptom[],
  context: Context,
): readonly EvidenceLine[] {
  if (logs.status !== 'observed' || felt.length === 0) return [];
  const { signatures, clusters } = logs.value;
  // What a request's entry says of itself is among the symptoms.
  const known = signatures.filter(({ log, signature }) => log !== 'requests' && !ORDINARY.includes(signature));
  const lines = [...known, ...clusters].filter(({ lastAt }) => isRecent(lastAt, context));
  const inTrouble = lines.filter(({ service }) => felt.some(({ on }) => on === service));
  // A check or a backend in trouble names no service.
  const told = (inTrouble.length > 0 ? inTrouble : lines).toSorted((a, b) => b.count - a.count);
  const services = run.status === 'observed' ? run.value.services : [];
  return told.slice(0, SAID_MAX).map(({ service, count, sample }) => {
    const name = services.find(({ shortName }) => shortName === service)?.name;
    return {
      text: `${service}: ${count} x "${sample}"`,
      ...(name === undefined ? {} : { url: servicePage(name, 'logs') }),
    };
  });
}

interface OfRevision {
  readonly service: string;
  readonly revision: string;
}

/** Lines of one revision that say nothing that we know, the most frequent first. */
export const unknownOf = ({ clusters }: LogsObservation, of: OfRevision): readonly LineCluster[] =>
  clusters.filter(({ service, revision }) => service === of.service && revision === of.revision);

/** Of these, those that no other revision of the service prints: they came with this one. */
export const newWith = (logs: LogsObservation, of: OfRevision): readonly LineCluster[] =>
  unknownOf(logs, of).filter(
    ({ shape }) =>
      !logs.clusters.some((one) => one.shape === shape && one.service === of.service && one.revision !== of.revision),
  );
