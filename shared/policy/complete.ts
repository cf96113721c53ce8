import { completeDatabase } from './complete-database.ts';
import {
  APPROVAL_EXPIRES_AFTER_SECONDS,
  BOUNDS,
  CHECK_TIMEOUT_SECONDS,
  ESCALATION,
  EXPECTED_STATUS,
  GUARDRAILS,
  VERIFICATION,
} from './defaults.ts';
import { completeEndToEnd } from './end-to-end-file.ts';
import type {
  ApproverPolicy,
  Approvers,
  Bounds,
  Check,
  Environment,
  EscalationLevel,
  GuardrailPolicy,
  JourneyStep,
  Policy,
  VerificationPolicy,
} from './policy.ts';
import type { CheckFile, EnvironmentFile, PolicyFile } from './policy-file.ts';

type Described = Exclude<CheckFile, string>;
type StepFile = Extract<Described, { kind: 'journey' }>['steps'][number];

/** Lays each environment over the blocks at the top, and those over the defaults. */
export function complete(file: PolicyFile): Policy {
  return {
    ownProject: file.ownProject,
    paused: file.paused ?? false,
    environments: Object.entries(file.environments).map(([name, written]) => environment(name, written, file)),
    top: { channel: file.slack?.channel, approvers: people(file.approvers ?? {}) },
  };
}

function environment(name: string, here: EnvironmentFile, top: PolicyFile): Environment {
  const { project, region } = here;
  return {
    name,
    project,
    region,
    services: here.services,
    connectors: here.connectors?.map((connector) => fullConnectorName(connector, here)),
    checks: (here.checks ?? []).map(completeCheck),
    databases: (here.databases ?? []).map(completeDatabase),
    probes: (here.probes ?? []).map((probe) => ({
      ...probe,
      through: probe.through === 'direct-vpc' ? probe.through : fullConnectorName(probe.through, here),
    })),
    slack: here.slack ?? top.slack ?? missingChannel(name),
    approvers: approvers(here.approvers, top.approvers),
    bounds: bounds(here.bounds, top.bounds),
    guardrails: guardrails(here.guardrails, top.guardrails),
    verification: verification(here.verification, top.verification),
    escalation: (here.escalation ?? top.escalation)?.map(level) ?? ESCALATION,
    endToEnd: here.endToEnd && completeEndToEnd(here.endToEnd, project),
    paused: here.paused ?? false,
    observe: observedBy(name, here.observe, top.observe),
  };
}

/** As the environment says it, else as the top does. */
function observedBy(name: string, here: boolean | undefined, top: boolean | undefined): string | undefined {
  if (here === undefined) return top === true ? 'observe' : undefined;
  return here ? `environments.${name}.observe` : undefined;
}

/** `sense-faults.ts` refuses a file in which neither the environment nor the top names a channel. */
function missingChannel(name: string): never {
  throw new Error(`environment ${name} has no Slack channel, and its file was taken all the same`);
}

const fullConnectorName = (connector: string, { project, region }: EnvironmentFile): string =>
  connector.includes('/') ? connector : `projects/${project}/locations/${region}/connectors/${connector}`;

/**
 * Who may approve is taken whole, from the environment where it names anyone or is written empty, else from the top: were the lists merged,
 * an environment that narrows its users would still admit the usergroup named at the top.
 */
function approvers(here: EnvironmentFile['approvers'], top: PolicyFile['approvers']): ApproverPolicy {
  const whole = namesPeople(here) ? here : top;
  return {
    ...people(whole ?? {}),
    byAction: Object.fromEntries(
      Object.entries(whole?.byAction ?? {}).map(([action, named]) => [action, people(named)]),
    ),
    expiresAfterSeconds: here?.expiresAfter ?? top?.expiresAfter ?? APPROVAL_EXPIRES_AFTER_SECONDS,
  };
}

const namesPeople = (block: EnvironmentFile['approvers']): boolean =>
  block !== undefined && (block.users ?? block.usergroups ?? block.byAction) !== undefined;

const people = ({
  users = [],
  usergroups = [],
}: {
  users?: readonly string[] | undefined;
  usergroups?: readonly string[] | undefined;
}): Approvers => ({
  users,
  usergroups,
});

/** Each bound by itself: as the environment says it, else as the top does. */
const bounds = (here: EnvironmentFile['bounds'], top: PolicyFile['bounds']): Bounds => ({
  ...BOUNDS,
  ...said(top),
  ...said(here),
});

const guardrails = (here: EnvironmentFile['guardrails'], top: PolicyFile['guardrails']): GuardrailPolicy => {
  const repeats = here?.repeats ?? top?.repeats;
  return {
    cooldownSeconds: here?.cooldown ?? top?.cooldown ?? GUARDRAILS.cooldownSeconds,
    changesPerHourMax: here?.changesPerHourMax ?? top?.changesPerHourMax ?? GUARDRAILS.changesPerHourMax,
    repeats: repeats === undefined ? GUARDRAILS.repeats : { times: repeats.times, withinSeconds: repeats.within },
    blastRadius: { ...GUARDRAILS.blastRadius, ...said(top?.blastRadius), ...said(here?.blastRadius) },
    optInLabel: here?.optInLabel ?? top?.optInLabel,
    freezes: (here?.freezes ?? top?.freezes ?? []).map(({ days, ...freeze }) =>
      days === undefined ? { kind: 'dates', ...freeze } : { kind: 'weekly', days, ...freeze },
    ),
  };
};

const verification = (here: EnvironmentFile['verification'], top: PolicyFile['verification']): VerificationPolicy => ({
  checks: here?.checks ?? top?.checks ?? VERIFICATION.checks,
  everySeconds: here?.every ?? top?.every ?? VERIFICATION.everySeconds,
  deadlineSeconds: here?.deadline ?? top?.deadline ?? VERIFICATION.deadlineSeconds,
});

const level = ({ after, ...named }: NonNullable<PolicyFile['escalation']>[number]): EscalationLevel => ({
  afterSeconds: after,
  ...people(named),
});

/** A check with its defaults; a bare URL becomes the check that its scheme stands for. */
function completeCheck(written: CheckFile): Check {
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

type Said<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

// Sound: only keys of T, and no undefined among the values.
const said = <T extends object>(block: T | undefined): Said<T> =>
  Object.fromEntries(Object.entries(block ?? {}).filter(([, value]) => value !== undefined)) as Said<T>;
