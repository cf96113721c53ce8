import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { type Conclusion, rule, standing } from './rule.ts';

/** One kill may be one outsized request; two are a pattern. */
export const KILLS_MIN = 2;
/** Garbage collectors keep below their limit as long as they can; above this they are about to lose. Our own choice. */
const NEAR_LIMIT_RATIO = 0.8;

/**
 * Containers are killed because they use more memory than their limit.
 * Sees Cloud Run's own "Memory limit ... exceeded" lines, beside the 99th percentile of memory. Silent when no container was killed: charts over a
 * revision hide one instance's end (googleapis/repo-automation-bots#3105).
 */
export const memoryExhausted = rule({
  layer: 'application',
  title: 'Memory exhausted',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: ['instance-ceiling-reached', 'traffic-surge', 'request-timeout-exceeded', 'websocket-cut-by-timeout'],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }) => {
    const judged = services.map((service) => judge(service, logs, metrics)).sort((a, b) => b.kills - a.kills);
    return standing(
      judged.map(({ conclusion }) => conclusion),
      `no service lost ${KILLS_MIN} containers to its memory limit`,
    );
  },
});

interface Judged {
  readonly kills: number;
  readonly conclusion: Conclusion;
}

function judge(service: ServiceObservation, logs: LogsObservation, { services }: MetricsObservation): Judged {
  const { shortName, name } = service;
  const lines = logs.signatures.filter(
    (line) => line.service === shortName && line.signature === 'memory-limit-exceeded',
  );
  const kills = lines.reduce((sum, { count }) => sum + count, 0);
  if (kills < KILLS_MIN) return { kills, conclusion: tooFew(service, kills, logs) };
  const limitMib = service.template.containers[0]?.memoryMib;
  const ratios = services.find((metric) => metric.service === shortName)?.memoryRatio ?? [];
  const peak = ratios.length === 0 ? undefined : Math.max(...ratios.map(({ value }) => value));
  return {
    kills,
    conclusion: {
      kind: 'cause',
      target: name,
      claim: `${shortName} runs out of memory: ${kills} containers were killed at the limit of ${limitMib ?? 'unknown'} MiB.`,
      confidence: 'certain',
      evidence: [
        ...lines.slice(0, 2).map(({ sample, revision, count }) => ({
          text: `${count} x "${sample}" (${revision ?? 'no revision'})`,
          url: servicePage(name, 'logs'),
        })),
        {
          text:
            peak === undefined
              ? 'Monitoring has no points of its memory.'
              : `Memory reached ${Math.round(peak * 100)} % of the limit (99th percentile).`,
          url: servicePage(name, 'metrics'),
        },
      ],
      // A chart over a revision hides one instance's end, so that a low figure speaks against nothing.
      expects: [
        {
          text: 'memory near its limit in Monitoring',
          seen: peak !== undefined && peak >= NEAR_LIMIT_RATIO ? 'yes' : 'unknown',
        },
      ],
      services: [shortName],
    },
  };
}

function tooFew({ shortName, name }: ServiceObservation, kills: number, { truncated }: LogsObservation): Conclusion {
  const reason = `${shortName}: ${kills} containers over the limit`;
  if (!truncated.system) return { kind: 'ruled-out', reason };
  return {
    kind: 'inconclusive',
    reason: `${reason} among the newest platform lines, and there are more than were read`,
    settles: 'not-by-itself',
    about: { target: name, services: [shortName] },
  };
}
