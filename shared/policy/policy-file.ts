import { z } from 'zod';
import { checkFile } from './check-file.ts';
import { databaseFile, probeFile } from './database-file.ts';
import { APPROVAL_EXPIRES_AFTER_SECONDS, BOUNDS, GUARDRAILS, VERIFICATION } from './defaults.ts';
import { endToEndFile } from './end-to-end-file.ts';
import {
  actionId,
  channelId,
  connectorName,
  duration,
  durationText,
  ENVIRONMENT_NAME,
  isLocalDate,
  isTimeOfDay,
  label,
  line,
  listOf,
  localMoment,
  machineType,
  projectId,
  region,
  section,
  serviceName,
  timeZone,
  usergroupId,
  userId,
  weekday,
  wholeNumber,
} from './values.ts';

/**
 * Our own choices, to be raised with a reason: they keep one file readable, and one investigation, which asks about every service, connector,
 * database and check of its environment, inside its deadline.
 */
const ENVIRONMENTS_MAX = 50;
const SERVICES_MAX = 100;
const CONNECTORS_MAX = 20;
const CHECKS_MAX = 30;
const DATABASES_MAX = 20;
const PROBES_MAX = 10;
const PEOPLE_MAX = 100;
const LEVELS_MAX = 5;
const DAY_SECONDS = 86_400;

const people = {
  users: listOf(userId, PEOPLE_MAX).optional().describe('Slack user ids (U… or W…).'),
  usergroups: listOf(usergroupId, PEOPLE_MAX)
    .optional()
    .describe('Slack usergroup ids (S…): whoever is a member at the moment of the click.'),
};

/** The pattern is for editors only: here a wrong name would hide what is wrong inside; `sense-faults.ts` tells both. */
const environmentKey = z.string().meta({ pattern: ENVIRONMENT_NAME.source });

const slack = section({
  channel: channelId.describe('Where incidents are talked about: a channel id, with the bot invited.'),
});

const approvers = section({
  ...people,
  byAction: z
    .record(actionId, section(people), { error: 'a mapping of action ids to users and usergroups' })
    .optional()
    .describe('For one action, by its id, these people instead of those above.'),
  expiresAfter: duration({ minSeconds: 60, maxSeconds: DAY_SECONDS })
    .optional()
    .meta({
      description: 'How long a proposed change may be approved.',
      default: durationText(APPROVAL_EXPIRES_AFTER_SECONDS),
    }),
}).describe('Who may approve a change. Nobody named means nobody may.');

const bounds = section({
  actions: z
    .union([z.literal('all'), listOf(actionId, 50)], { error: 'all, or a list of action ids' })
    .optional()
    .meta({ description: 'The actions that may be offered.', default: BOUNDS.actions }),
  deniedActions: listOf(actionId, 50)
    .optional()
    .meta({ description: 'Actions that are never offered.', default: BOUNDS.deniedActions }),
  connectorInstancesMax: wholeNumber(3, 10).optional().meta({
    description: 'No connector is raised above this. A connector never shrinks again.',
    default: BOUNDS.connectorInstancesMax,
  }),
  connectorMachineTypes: listOf(machineType, 3)
    .optional()
    .meta({ description: 'Machine types that a connector may be given.', default: BOUNDS.connectorMachineTypes }),
  memoryMibMax: wholeNumber(128, 32_768).optional().meta({
    description: 'No instance of a service is given more memory than this, MiB.',
    default: BOUNDS.memoryMibMax,
  }),
  cpuMax: wholeNumber(1, 8)
    .optional()
    .meta({ description: 'No instance of a service is given more CPUs than this.', default: BOUNDS.cpuMax }),
  instancesMax: wholeNumber(1, 1000).optional().meta({
    description: "No service's ceiling or floor of instances is raised above this.",
    default: BOUNDS.instancesMax,
  }),
  costUsdPerMonthMax: z
    .number({ error: 'an amount in US dollars, 0 or more' })
    .min(0, { error: 'an amount in US dollars, 0 or more' })
    .optional()
    .meta({
      description: 'A plan that adds more to the monthly bill is not offered, nor one whose cost is not known.',
      default: BOUNDS.costUsdPerMonthMax,
    }),
  costUsdPerMonthPerDayMax: z
    .number({ error: 'an amount in US dollars, 0 or more' })
    .min(0, { error: 'an amount in US dollars, 0 or more' })
    .optional()
    .meta({
      description: 'The changes of 24 hours together add no more to the monthly bill.',
      default: BOUNDS.costUsdPerMonthPerDayMax,
    }),
}).describe('How far a plan may go. What lies beyond is refused, and the refusal names the bound.');

const FREEZES_MAX = 20;

const FREEZE_TIMES = 'with days, two times of the day; without, two dates with their time, the earlier first';

const freeze = section({
  name: line(60).describe('What people call it; refusals name it.'),
  days: listOf(weekday, 7)
    .min(1, { error: 'at least one day' })
    .optional()
    .describe('Every week on these days; left out: once, from one date to another.'),
  from: localMoment.describe('By local clocks: a time of the day with `days`, a date and time without.'),
  to: localMoment.describe('Not included. A time of the day before `from` is on the next day.'),
  timeZone: timeZone.describe('Of the IANA list, such as Europe/Berlin.'),
}).refine(
  ({ days, from, to }) =>
    // What is neither has its own fault.
    ![from, to].every((text) => isTimeOfDay(text) || isLocalDate(text)) ||
    (days === undefined ? [from, to].every(isLocalDate) && from < to : [from, to].every(isTimeOfDay)),
  { error: FREEZE_TIMES },
);

const guardrails = section({
  cooldown: duration({ minSeconds: 0, maxSeconds: DAY_SECONDS })
    .optional()
    .meta({
      description: 'Between two times of the same action on the same resource.',
      default: durationText(GUARDRAILS.cooldownSeconds),
    }),
  changesPerHourMax: wholeNumber(1, 100)
    .optional()
    .meta({ description: 'Changes of all kinds in one hour.', default: GUARDRAILS.changesPerHourMax }),
  repeats: section({
    times: wholeNumber(1, 100).describe('How often.'),
    within: duration({ minSeconds: 3600, maxSeconds: 30 * DAY_SECONDS }).describe('In how long.'),
  })
    .optional()
    .describe('So often within so long the same fix is made; then people look. Default: 3 times within 7d.'),
  blastRadius: section({
    percentMax: wholeNumber(1, 100)
      .optional()
      .meta({ description: 'Of the watched services.', default: GUARDRAILS.blastRadius.percentMax }),
    servicesAlways: wholeNumber(1, SERVICES_MAX).optional().meta({
      description: 'So many are never too many, however small their environment.',
      default: GUARDRAILS.blastRadius.servicesAlways,
    }),
  })
    .optional()
    .describe('How many services one plan may change.'),
  optInLabel: label
    .optional()
    .describe(
      'What the configuration does not name is changed only where it carries this label, such as runmedic=yes. Left out: naming the environment names all that it has.',
    ),
  freezes: listOf(freeze, FREEZES_MAX).optional().describe('Times in which nothing is changed, by local clocks.'),
}).describe('What may be changed, how much of it at once, when and how often.');

const verification = section({
  checks: wholeNumber(1, 10)
    .optional()
    .meta({ description: 'Good looks in a row before recovery is believed.', default: VERIFICATION.checks }),
  every: duration({ minSeconds: 10, maxSeconds: 3600 })
    .optional()
    .meta({ description: 'Time between two looks.', default: durationText(VERIFICATION.everySeconds) }),
  deadline: duration({ minSeconds: 60, maxSeconds: DAY_SECONDS })
    .optional()
    .meta({
      description:
        'Past this without enough good looks it is investigated again; where recovery could not be measured, people get it.',
      default: durationText(VERIFICATION.deadlineSeconds),
    }),
}).describe('When recovery is believed.');

const escalation = listOf(
  section({
    after: duration({ minSeconds: 60, maxSeconds: 7 * DAY_SECONDS }).describe(
      'Since people were first called for one reason; another reason calls anew.',
    ),
    ...people,
  }),
  LEVELS_MAX,
).describe('Who is called when nobody decides. Default: a reminder after 1h and 4h that names nobody.');

const blocks = {
  slack: slack.optional(),
  approvers: approvers.optional(),
  bounds: bounds.optional(),
  guardrails: guardrails.optional(),
  verification: verification.optional(),
  escalation: escalation.optional(),
};

const observe = z
  .boolean({ error: 'true or false' })
  .optional()
  .meta({ description: 'true: plans are shown, with their commands, and never offered to be made.', default: false });

const environment = section({
  project: projectId.describe('The Google Cloud project that is watched.'),
  region: region.describe('The region that is watched; another region is another environment.'),
  services: listOf(serviceName, SERVICES_MAX)
    .min(1, { error: 'at least one service; leave services out to watch all that the region has' })
    .optional()
    .describe('Short names. Left out: every Cloud Run service of the region.'),
  connectors: listOf(connectorName, CONNECTORS_MAX)
    .optional()
    .describe('Short or full names. Left out: those that the services use.'),
  checks: listOf(checkFile, CHECKS_MAX)
    .optional()
    .describe('What a user would try, from outside. Recovery is proven by these.'),
  databases: listOf(databaseFile, DATABASES_MAX)
    .optional()
    .describe(
      'What the services keep their data in. Left out: the Cloud SQL and Memorystore instances of the region, unprobed.',
    ),
  probes: listOf(probeFile, PROBES_MAX)
    .optional()
    .describe(
      'Deployments of the function probe, one by Direct VPC egress and one behind each watched connector: the pair tells connector from database.',
    ),
  endToEnd: endToEndFile
    .optional()
    .describe('End-to-end tests that are run once an incident is resolved; their result joins its card and thread.'),
  paused: z
    .boolean({ error: 'true or false' })
    .optional()
    .meta({ description: 'true: alerts are recorded and otherwise ignored.', default: false }),
  observe,
  ...blocks,
});

/** `runmedic.yaml` as people write it. The blocks at the top hold for every environment that does not write its own. */
export const policyFile = section({
  paused: z
    .boolean({ error: 'true or false' })
    .optional()
    .meta({ description: 'true: nothing is changed anywhere; incidents are looked at all the same.', default: false }),
  observe,
  ownProject: projectId.optional().describe('The project that runmedic itself runs in: never a target.'),
  environments: z
    .record(environmentKey, environment, { error: 'a mapping of environment names to what is watched there' })
    .refine((all) => Object.keys(all).length > 0, { error: 'at least one environment' })
    .refine((all) => Object.keys(all).length <= ENVIRONMENTS_MAX, { error: `at most ${ENVIRONMENTS_MAX} environments` })
    .describe('What is watched, by the name that cards use for it.'),
  ...blocks,
});

export type PolicyFile = z.output<typeof policyFile>;
export type EnvironmentFile = PolicyFile['environments'][string];
export type DatabaseFile = NonNullable<EnvironmentFile['databases']>[number];
export type CheckFile = NonNullable<EnvironmentFile['checks']>[number];
