import { checkFaults } from './check-faults.ts';
import { VERIFICATION } from './defaults.ts';
import { describe } from './describe.ts';
import type { Draft, DraftBlocks, DraftEnvironment } from './draft.ts';
import type { RawFault } from './fault.ts';
import { nearest } from './nearest.ts';
import { durationText, environmentName } from './values.ts';

/** What is well-formed and still makes no sense: two that cover the same, what no later part can honour, ids of nothing. */
export function senseFaults(draft: Draft, actionIds: readonly string[] | undefined): readonly RawFault[] {
  const environments = Object.entries(draft.environments).flatMap(([name, environment]) =>
    environment === undefined ? [] : [{ path: ['environments', name], environment }],
  );
  return [
    ...Object.keys(draft.environments).flatMap(nameFaults),
    ...coveredTwice(environments),
    ...blockFaults([], draft, actionIds),
    ...environments.flatMap(({ path, environment }) => [
      ...ownProjectFaults(path, environment, draft.ownProject),
      ...channelFaults(path, environment, draft),
      ...connectorFaults(path, environment),
      ...sharedNames([...path, 'databases'], environment.databases),
      ...sharedNames([...path, 'probes'], environment.probes),
      ...verificationFaults(path, environment, draft),
      ...blockFaults(path, environment, actionIds),
      ...checkFaults([...path, 'checks'], environment.checks ?? []),
    ]),
  ];
}

interface Named {
  readonly path: readonly string[];
  readonly environment: DraftEnvironment;
}

function nameFaults(name: string): readonly RawFault[] {
  const issue = environmentName.safeParse(name).error?.issues[0];
  return issue === undefined
    ? []
    : [{ path: ['environments', name], found: `the name ${describe(name)}`, allowed: issue.message }];
}

function coveredTwice(environments: readonly Named[]): readonly RawFault[] {
  const covered = new Map<string, string>();
  return environments.flatMap(({ path, environment: { project, region } }) => {
    if (project === undefined || region === undefined) return [];
    const place = `${project} in ${region}`;
    const first = covered.get(place);
    if (first === undefined) covered.set(place, path.join('.'));
    return first === undefined
      ? []
      : [{ path, found: place, allowed: `a project and region that no other environment covers; ${first} does` }];
  });
}

function ownProjectFaults(
  path: readonly string[],
  { project }: DraftEnvironment,
  ownProject: string | undefined,
): readonly RawFault[] {
  if (project === undefined || project !== ownProject) return [];
  return [
    {
      path: [...path, 'project'],
      found: describe(project),
      allowed: 'any project but ownProject: runmedic never changes what it runs on',
    },
  ];
}

function channelFaults(
  path: readonly string[],
  { slack }: DraftEnvironment,
  { slack: shared }: DraftBlocks,
): readonly RawFault[] {
  if (slack !== undefined || shared !== undefined) return [];
  return [
    {
      path: [...path, 'slack'],
      found: 'nothing',
      allowed: 'slack: { channel: C0123456789 } here, or at the top for all environments',
    },
  ];
}

function connectorFaults(path: readonly string[], { region, connectors = [] }: DraftEnvironment): readonly RawFault[] {
  return connectors.flatMap((connector, index) => {
    const location = connector?.match(/\/locations\/([^/]+)\//)?.[1];
    if (region === undefined || location === undefined || location === region) return [];
    return [
      {
        path: [...path, 'connectors', index],
        found: describe(connector),
        allowed: `a connector of ${region}: services use connectors of their own region`,
      },
    ];
  });
}

/** Cards and probes know them by their names. */
function sharedNames(path: readonly string[], things: DraftEnvironment['databases']): readonly RawFault[] {
  const names = (things ?? []).map(({ name }) => name);
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [
          {
            path: [...path, index, 'name'],
            found: describe(name),
            allowed: `a name that no other has; ${path.at(-1)}[${names.indexOf(name)}] has this one`,
          },
        ],
  );
}

function verificationFaults(
  path: readonly string[],
  { verification }: DraftEnvironment,
  { verification: shared }: DraftBlocks,
): readonly RawFault[] {
  const checks = verification?.checks ?? shared?.checks ?? VERIFICATION.checks;
  const everySeconds = verification?.every ?? shared?.every ?? VERIFICATION.everySeconds;
  const deadlineSeconds = verification?.deadline ?? shared?.deadline ?? VERIFICATION.deadlineSeconds;
  const neededSeconds = checks * everySeconds;
  if (deadlineSeconds >= neededSeconds) return [];
  return [
    {
      path: verification === undefined ? ['verification', 'deadline'] : [...path, 'verification', 'deadline'],
      found: durationText(deadlineSeconds),
      allowed: `at least ${durationText(neededSeconds)}: ${checks} checks, one every ${durationText(everySeconds)}`,
    },
  ];
}

function blockFaults(
  path: readonly string[],
  blocks: DraftBlocks,
  actionIds: readonly string[] | undefined,
): readonly RawFault[] {
  const { escalation = [], bounds, approvers } = blocks;
  const listed = Array.isArray(bounds?.actions) ? bounds.actions : [];
  const named = Object.keys(approvers?.byAction ?? {});
  return [
    ...escalation.flatMap((level, index) =>
      levelFaults([...path, 'escalation', index, 'after'], level.after, escalation[index - 1]?.after),
    ),
    ...listed.flatMap((id, index) => actionFaults([...path, 'bounds', 'actions', index], id, actionIds)),
    ...named.flatMap((id) => actionFaults([...path, 'approvers', 'byAction', id], id, actionIds)),
  ];
}

function levelFaults(
  path: RawFault['path'],
  after: number | undefined,
  previous: number | undefined,
): readonly RawFault[] {
  if (after === undefined || previous === undefined || after > previous) return [];
  return [{ path, found: durationText(after), allowed: `later than the level before it, ${durationText(previous)}` }];
}

function actionFaults(
  path: RawFault['path'],
  id: string | undefined,
  actionIds: readonly string[] | undefined,
): readonly RawFault[] {
  if (id === undefined || actionIds === undefined || actionIds.includes(id)) return [];
  const meant = nearest(id, actionIds);
  return [
    {
      path,
      found: describe(id),
      allowed: `${actionIds.join(', ')}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
    },
  ];
}
