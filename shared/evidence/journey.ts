import type { Check, JourneyStep } from '../policy/policy.ts';
import { type CheckResult, type ChecksObservation, checksOf, lookAt, urlOf } from './checks.ts';
import { judged } from './http.ts';
import type { Inspection, Inspector } from './inspector.ts';

type Journey = Extract<Check, { readonly kind: 'journey' }>;

/**
 * Sees whether a user gets all the way: each step's answer as expected, values captured from one step and used in the next.
 * API: none, the services' own public URLs. Permission: whatever the check's auth names.
 * Silent about steps after the first that fails.
 */
export const journey: Inspector<ChecksObservation> = {
  deadlineMs: 30_000,
  permissions: [],
  appliesTo: (inspection) => checksOf(inspection, 'journey').length > 0,
  inspect: (inspection, abort) => lookAt(inspection, 'journey', (check) => walk(check, inspection, abort), abort),
};

async function walk(check: Journey, { prober }: Inspection, abort: AbortSignal): Promise<CheckResult> {
  const captured = new Map<string, string>();
  const filled = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => captured.get(name) ?? '');
  let latencyMs = 0;
  for (const step of check.steps) {
    const headers = Object.fromEntries(Object.entries(step.headers).map(([name, value]) => [name, filled(value)]));
    const body = step.body === undefined ? undefined : filled(step.body);
    const { method, url } = step;
    const result = await prober.http(
      { url: filled(url), method, headers, body, timeoutMs: check.timeoutMs, auth: check.auth },
      abort,
    );
    const { detail, latencyMs: took, ...seen } = judged(result, step.expectStatus, step.expectBody);
    const { httpStatus } = seen;
    latencyMs += took;
    if (!result.connected || seen.verdict !== 'passed')
      return { name: check.name, url, ...seen, latencyMs, detail: `step "${step.name}": ${detail}` };
    const missing = capture(step, result.body, captured);
    if (missing !== undefined)
      return {
        name: check.name,
        url,
        verdict: 'failed',
        httpStatus,
        latencyMs,
        detail: `step "${step.name}": the answer has no ${missing}`,
      };
  }
  const detail = `${check.steps.length} steps in ${Math.round(latencyMs)} ms`;
  return { name: check.name, url: urlOf(check), verdict: 'passed', httpStatus: undefined, latencyMs, detail };
}

/** Takes what later steps need; gives the path that was not there. */
function capture(step: JourneyStep, body: string, captured: Map<string, string>): string | undefined {
  const wanted = Object.entries(step.capture);
  if (wanted.length === 0) return undefined;
  const answer = parsed(body);
  for (const [name, path] of wanted) {
    const value = path.split('.').reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), answer);
    if (typeof value !== 'string' && typeof value !== 'number') return path;
    captured.set(name, String(value));
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not JSON: then it holds none of the paths, and the step says so.
    return undefined;
  }
}
