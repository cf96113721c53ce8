import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogName, LogsObservation, SignatureCount } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { MEMORY_NEAR_LIMIT_RATIO } from './load-levels.ts';
import { shareOf } from './revisions.ts';
import { type Conclusion, type EvidenceLine, rule, standing } from './rule.ts';

/** One kill may be one outsized request; two are a pattern. Our own choice: a restart is offered a kill later, and never for one bad request. */
export const KILLS_MIN = 2;

/**
 * Containers are killed because they use more memory than their limit, or their runtime's heap is full below it.
 * Sees Cloud Run's own "Memory limit ... exceeded" lines, beside the 99th percentile of memory, and what runtimes print of a full heap. Silent when no
 * container was killed and no heap was full: charts over a revision hide one instance's end (googleapis/repo-automation-bots#3105).
 */
export const memoryExhausted = rule({
  layer: 'application',
  title: 'Memory exhausted',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: [
    'crash-after-ready',
    'instance-ceiling-reached',
    'traffic-surge',
    'request-timeout-exceeded',
    'websocket-cut-by-timeout',
  ],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }) => {
    const judged = services.map((service) => judge(service, logs, metrics)).sort((a, b) => b.kills - a.kills);
    return standing(
      judged.map(({ conclusion }) => conclusion),
      `no service lost ${KILLS_MIN} or more containers to its memory limit`,
    );
  },
});

interface Judged {
  readonly kills: number;
  readonly conclusion: Conclusion;
}

function judge(service: ServiceObservation, logs: LogsObservation, metrics: MetricsObservation): Judged {
  const { shortName, name } = service;
  // What a revision lost that serves nobody any more says nothing of the limit that holds now.
  const lines = logs.signatures.filter(
    ({ service: of, signature, revision }) =>
      of === shortName &&
      signature === 'memory-limit-exceeded' &&
      (revision === undefined || isOfInterest(service, revision)),
  );
  const kills = sumOf(lines, 'system');
  const requests = sumOf(lines, 'requests');
  // A request's own line says that its container was killed, and a container holds many: they count where the platform's log is silent.
  const seen = kills > 0 ? kills : requests;
  if (seen < KILLS_MIN) return heapFull(service, logs, metrics) ?? { kills: seen, conclusion: tooFew(service, logs) };
  const peak = peakOf(shortName, metrics);
  return {
    kills: seen,
    conclusion: {
      kind: 'cause',
      target: name,
      claim: `${shortName} runs out of memory: ${killed({ kills, requests, at: limitOf(service) }, logs)}.`,
      confidence: 'certain',
      evidence: [...quoted(lines, service, logs), { text: memoryInWords(peak), url: servicePage(name, 'metrics') }],
      // A chart over a revision hides one instance's end, so that a low figure speaks against nothing.
      expects: [
        { text: 'the platform logs the containers that it killed', seen: kills > 0 ? 'yes' : 'no' },
        {
          text: 'memory near its limit in Monitoring',
          seen: peak !== undefined && peak >= MEMORY_NEAR_LIMIT_RATIO ? 'yes' : 'unknown',
        },
      ],
      services: [shortName],
    },
  };
}

/** Serving, or about to: the newest may be killed before it takes traffic. */
const isOfInterest = (service: ServiceObservation, revision: string): boolean =>
  service.serving.length === 0 || shareOf(service, revision) > 0 || service.revisions[0]?.shortName === revision;

const quoted = (
  lines: readonly SignatureCount[],
  { name }: ServiceObservation,
  logs: LogsObservation,
): EvidenceLine[] =>
  lines.slice(0, 2).map(({ sample, revision, count, log }) => ({
    text: `${counted({ count, noun: 'time', from: log }, logs)}${revision === undefined ? '' : ` in ${revision}`}: "${sample}"`,
    url: servicePage(name, 'logs'),
  }));

/** A runtime that gives up before its container is full: its heap has a limit of its own, mostly a share of the container's memory. */
function heapFull(service: ServiceObservation, logs: LogsObservation, metrics: MetricsObservation): Judged | undefined {
  const { shortName, name } = service;
  const lines = logs.signatures.filter((line) => line.service === shortName && line.signature === 'heap-exhausted');
  const count = sumOf(lines, 'application');
  if (count < KILLS_MIN) return undefined;
  return {
    kills: count,
    conclusion: {
      kind: 'cause',
      target: name,
      claim: `${shortName} runs out of memory: ${counted({ count, noun: 'time', from: 'application' }, logs)} the heap of its runtime was full, below ${limitOf(service)}.`,
      confidence: 'certain',
      evidence: [
        ...quoted(lines, service, logs),
        { text: memoryInWords(peakOf(shortName, metrics)), url: servicePage(name, 'metrics') },
      ],
      expects: [],
      services: [shortName],
    },
  };
}

/** Containers that were killed and requests that failed with them, each for itself. */
function killed(
  { kills, requests, at }: { readonly kills: number; readonly requests: number; readonly at: string },
  logs: LogsObservation,
): string {
  const failed = counted({ count: requests, noun: 'request', from: 'requests' }, logs);
  if (kills === 0) return `${failed} failed with containers that were killed at ${at}`;
  const containers = `${counted({ count: kills, noun: 'container', from: 'system' }, logs)} were killed at ${at}`;
  return requests === 0 ? containers : `${containers}, and ${failed} failed with them`;
}

function limitOf({ template: { containers } }: ServiceObservation): string {
  const limitMib = containers[0]?.memoryMib;
  return limitMib === undefined ? 'a limit that is not known' : `the limit of ${limitMib} MiB`;
}

function peakOf(shortName: string, { services }: MetricsObservation): number | undefined {
  const ratios = services.find(({ service }) => service === shortName)?.memoryRatio ?? [];
  return ratios.length === 0 ? undefined : Math.max(...ratios.map(({ value }) => value));
}

const memoryInWords = (peak: number | undefined): string =>
  peak === undefined
    ? 'Monitoring has no points of its memory.'
    : `Memory reached ${Math.round(peak * 100)} % of the limit (99th percentile).`;

function tooFew({ shortName, name }: ServiceObservation, { truncated }: LogsObservation): Conclusion {
  const reason = `${shortName} lost fewer than ${KILLS_MIN} containers to its memory limit`;
  if (!truncated.system) return { kind: 'ruled-out', reason };
  return {
    kind: 'inconclusive',
    reason: `${reason}, as far as the logs were read; there is more in them`,
    settles: 'not-by-itself',
    about: { target: name, services: [shortName] },
  };
}

const sumOf = (lines: readonly SignatureCount[], wanted: LogName): number =>
  lines.filter(({ log }) => log === wanted).reduce((sum, { count }) => sum + count, 0);
