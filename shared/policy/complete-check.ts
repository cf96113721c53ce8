import { CHECK_TIMEOUT_SECONDS, EXPECTED_STATUS } from './defaults.ts';
import type { Check, JourneyStep } from './policy.ts';
import type { CheckFile } from './policy-file.ts';

type Described = Exclude<CheckFile, string>;
type StepFile = Extract<Described, { kind: 'journey' }>['steps'][number];

/** A check with its defaults; a bare URL becomes the check that its scheme stands for. */
export function completeCheck(written: CheckFile): Check {
  const check = typeof written === 'string' ? fromUrl(written) : written;
  const common = {
    auth: check.auth ?? ({ kind: 'none' } as const),
    vantage: check.vantage ?? 'public',
    timeoutMs: (check.timeout ?? CHECK_TIMEOUT_SECONDS) * 1000,
  };
  switch (check.kind) {
    case 'http': {
      const { url, name = url, expectStatus = EXPECTED_STATUS, expectBody } = check;
      return { kind: 'http', name, url, expectStatus, expectBody, ...common };
    }
    case 'websocket': {
      const { url, name = url, echo } = check;
      return { kind: 'websocket', name, url, echo, ...common };
    }
    case 'journey':
      return { kind: 'journey', name: check.name, steps: check.steps.map(completeStep), ...common };
  }
}

const fromUrl = (url: string): Described =>
  url.startsWith('wss:') ? { kind: 'websocket', url } : { kind: 'http', url };

function completeStep(step: StepFile): JourneyStep {
  const { method = 'GET', url, name = `${method} ${url}` } = step;
  return {
    name,
    method,
    url,
    headers: step.headers ?? {},
    body: step.body,
    expectStatus: step.expectStatus ?? EXPECTED_STATUS,
    expectBody: step.expectBody,
    capture: step.capture ?? {},
  };
}
