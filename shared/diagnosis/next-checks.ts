import type { Evidence } from '../evidence/evidence.ts';
import { clock } from './deploys.ts';
import type { Concluded, Doubt } from './rank.ts';
import type { Symptom } from './rule.ts';
import { ruleNamed } from './rules.ts';

/**
 * What would settle what is in doubt, one sentence each. Rules say it of what they could not judge; where no root was found, what was out of reach is
 * the first place to look, and where all could be looked at, whoever is in trouble. Where a root was found that may have been brought about by what could
 * not be judged (`doubts`, undefined where no root was found), it is what those rules wanted for.
 */
export function nextChecks(
  evidence: Evidence,
  concluded: readonly Concluded[],
  { felt, doubts }: { readonly felt: readonly Symptom[]; readonly doubts: readonly Doubt[] | undefined },
): readonly string[] {
  const ofRules = concluded.flatMap(({ conclusion }) => ('nextCheck' in conclusion ? [conclusion.nextCheck] : []));
  const all = [...ofRules, ...(doubts === undefined ? outOfReach(evidence) : ofDoubts(evidence, doubts))];
  if (doubts === undefined && all.length === 0) return inPerson(evidence, felt);
  return [...new Set(all)];
}

/** What the rules that are in doubt wanted for and could not have; where they had it all, what they could not tell. */
function ofDoubts(evidence: Evidence, doubts: readonly Doubt[]): readonly string[] {
  const silent = doubts.filter(({ conclusion }) => !('nextCheck' in conclusion));
  if (silent.length === 0) return [];
  const wanted = silent.flatMap(({ name }) => {
    const { needs, considers = [] } = ruleNamed(name);
    return [...needs, ...considers];
  });
  const reach = outOfReach(evidence, wanted);
  return reach.length > 0 ? reach : silent.map(toRuleOut);
}

const toRuleOut = ({ name, conclusion }: Doubt): string =>
  `Rule out "${ruleNamed(name).title}" yourself: ${conclusion.reason}.`;

/** Readings and parts of readings that could not be had, of all or of those that are `wanted`. Several may want for the same right, and it is asked for once. */
function outOfReach(evidence: Evidence, wanted?: readonly string[]): readonly string[] {
  const { network } = evidence;
  const isWanted = (name: string): boolean => wanted === undefined || wanted.includes(name);
  const parts =
    network.status === 'observed' && isWanted('network') ? network.value.networks.flatMap(({ unread }) => unread) : [];
  return [
    ...Object.entries(evidence).flatMap(([name, reading]) =>
      reading.status === 'unavailable' && isWanted(name) ? [toReach({ ...reading, name })] : [],
    ),
    ...parts.map(({ detail }) => toReach({ reason: 'failed', detail, name: 'network' })),
  ];
}

interface Missing {
  readonly reason: 'denied' | 'timed-out' | 'failed';
  readonly detail: string;
  /** Of the inspector. */
  readonly name: string;
}

function toReach({ reason, detail, name }: Missing): string {
  // `logging.logEntries.list on projects/P: 403 PERMISSION_DENIED: ...`: what was asked, and of what, stands in front.
  const [call = detail] = detail.split(': ', 1);
  switch (reason) {
    case 'denied':
      return `Give runmedic the right to call ${call} and check again, or look there yourself.`;
    case 'timed-out':
      return `Check again in a minute: ${name} gave ${detail}.`;
    case 'failed':
      return `Check again in a minute, or look there yourself: ${call} could not be read.`;
  }
}

/** Nothing explains it, and nothing was out of reach. */
function inPerson({ logs }: Evidence, felt: readonly Symptom[]): readonly string[] {
  const [first] = felt;
  if (first === undefined) return [];
  const onset = logs.status === 'observed' ? logs.value.onsets.find(({ service }) => service === first.on) : undefined;
  return [
    onset === undefined
      ? `Follow a request to ${first.on} yourself: nothing that was looked at explains its trouble.`
      : `Read what ${first.on} logs from ${clock(onset.at)} on, when it began to fail: nothing that was looked at explains it.`,
  ];
}
