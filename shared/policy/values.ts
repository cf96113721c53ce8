import { z } from 'zod';
import type { MachineType } from '../ports/cloud.ts';
import type { Weekday } from './policy.ts';

/**
 * The values that `runmedic.yaml` is made of. Each answers a wrong value with one phrase, which says what is allowed;
 * a fault quotes it. Ids are checked by shape only: whether they exist is for `doctor` to ask.
 */
const shaped = (pattern: RegExp, allowed: string) => z.string({ error: allowed }).regex(pattern, { error: allowed });

/** One line of text, `charsMax` long at most. */
export const line = (charsMax: number) =>
  shaped(new RegExp(`^[^\\r\\n]{1,${charsMax}}$`), `one line of text, at most ${charsMax} characters`);

export const ENVIRONMENT_NAME = /^[a-z][a-z0-9-]{0,30}$/;

export const environmentName = shaped(
  ENVIRONMENT_NAME,
  'an environment name: lower-case letters, digits and hyphens, at most 31, beginning with a letter, such as staging',
);

/** @see https://cloud.google.com/resource-manager/docs/creating-managing-projects (6 to 30 characters; old projects carry a domain before a colon) */
export const projectId = shaped(
  /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  'a Google Cloud project id (not its name or number): 6 to 30 lower-case letters, digits and hyphens, such as acme-staging',
);

export const region = shaped(/^[a-z]+-[a-z]+[0-9]+$/, 'a Google Cloud region (not a zone), such as us-central1');

export const serviceName = shaped(
  /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "a Cloud Run service's short name, such as backend",
);

export const connectorName = shaped(
  /^(projects\/[a-z0-9.:-]+\/locations\/[a-z0-9-]+\/connectors\/)?[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a connector, such as staging-connector, or in full projects/P/locations/L/connectors/C',
);

export const channelId = shaped(
  /^[CG][A-Z0-9]{4,20}$/,
  "a Slack channel's id (not its name), such as C0123456789; in Slack: channel name > About > Channel ID",
);

export const userId = shaped(
  /^[UW][A-Z0-9]{3,20}$/,
  "a Slack user's id (not a name), such as U0123456789; in Slack: profile > ⋮ > Copy member ID",
);

export const usergroupId = shaped(/^S[A-Z0-9]{3,20}$/, "a Slack usergroup's id (not its handle), such as S0123456789");

/** Which actions exist is known further down the pipeline; here it is the shape, and `parsePolicy` is told the ids. */
export const actionId = shaped(/^[a-z]+(-[a-z]+)*$/, "an action's id, such as scale-connector");

const MACHINE_TYPES = ['f1-micro', 'e2-micro', 'e2-standard-4'] as const satisfies readonly MachineType[];

export const machineType = z.enum(MACHINE_TYPES, { error: MACHINE_TYPES.join(', ') });

/** Without user and password: they would end in logs and cards. */
const AUTHORITY_AND_PATH = '[^\\s/?#@]+([/?#]\\S*)?$';

export const httpUrl = shaped(
  new RegExp(`^https?://${AUTHORITY_AND_PATH}`),
  'a URL that begins with https:// and holds no user or password (http:// only from vantage vpc)',
);

export const webSocketUrl = shaped(
  new RegExp(`^wss?://${AUTHORITY_AND_PATH}`),
  'a URL that begins with wss:// and holds no user or password (ws:// only from vantage vpc)',
);

export const headerName = shaped(
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/,
  'the name of an HTTP header, such as x-api-key',
);

/** @see https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets (1 to 255 letters, digits, hyphens, underscores) */
export const secretName = shaped(
  /^(projects\/[a-z0-9.:-]+\/secrets\/)?[A-Za-z0-9_-]{1,255}(\/versions\/[A-Za-z0-9_-]+)?$/,
  'the name of a secret in Secret Manager, never the secret itself: short, or projects/P/secrets/S/versions/V',
);

/**
 * A label as gcloud writes it. Google takes letters of other alphabets too; here they are not taken.
 * @see https://cloud.google.com/resource-manager/docs/labels-overview (a key of 1 to 63 and a value of up to 63 lower-case letters, digits, _ and -; read 2026-11-30)
 */
export const label = shaped(
  /^[a-z][a-z0-9_-]{0,62}=[a-z0-9_-]{0,63}$/,
  'a label, key=value in lower case, such as runmedic=yes',
).transform((text) => {
  const [key = '', value = ''] = text.split('=');
  return { key, value };
});
export const repositoryName = shaped(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/,
  "a GitHub repository's owner and name, such as acme/shop",
);

export const workflowName = shaped(
  /^([A-Za-z0-9._-]{1,200}\.ya?ml|[0-9]{1,20})$/,
  "a workflow's file name (not its path or title), such as e2e.yml, or its number",
);

export const gitRef = shaped(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'a branch or tag, such as main');

export const buildTrigger = shaped(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
  "a Cloud Build trigger's name or id, such as end-to-end",
);

export const buildLocation = shaped(/^(global|[a-z]+-[a-z]+[0-9]+)$/, 'a region such as us-central1, or global');

/** A host, by name or IPv4 address, and a port. */
export const privateAddress = shaped(
  /^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?:[1-9][0-9]{0,4}$/,
  'a host and a port, such as 10.20.0.3:5432',
);

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];
export const weekday = z.enum(WEEKDAYS, { error: WEEKDAYS.join(', ') });

/** 24:00 is the end of a day. */
const TIME_OF_DAY = '([01][0-9]|2[0-3]):[0-5][0-9]';
const LOCAL_DATE = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
export const isTimeOfDay = (text: string): boolean => new RegExp(`^(${TIME_OF_DAY}|24:00)$`).test(text);
export const isLocalDate = (text: string): boolean => new RegExp(`^${LOCAL_DATE}T${TIME_OF_DAY}$`).test(text);

/** Of a freeze. */
export const localMoment = shaped(
  new RegExp(`^(${TIME_OF_DAY}|24:00|${LOCAL_DATE}T${TIME_OF_DAY})$`),
  'in quotes, a time of the day such as "18:00", or a local date and time such as "2026-12-24T12:00"',
);

const ZONES = 'a time zone of the IANA list, such as Europe/Berlin or UTC';
export const timeZone = z.string({ error: ZONES }).refine(isTimeZone, { error: ZONES });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // A RangeError: no such zone.
    return false;
  }
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number, unit = '') {
  const error = `a whole number${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** At most `max` values. */
export const listOf = <Item extends z.ZodType>(item: Item, max: number) =>
  z.array(item, { error: `a list of at most ${max}` }).max(max, { error: `a list of at most ${max}` });

const SECONDS_PER_UNIT = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const UNITS = Object.entries(SECONDS_PER_UNIT).reverse();
const DURATION = /^([1-9][0-9]{0,6})(s|m|h|d)$/;

/** A duration in seconds, written as a number of seconds or as text: 90, "90s", "30m", "1h", "2d". */
export function duration({ minSeconds, maxSeconds }: { readonly minSeconds: number; readonly maxSeconds: number }) {
  const error = `a duration from ${durationText(minSeconds)} to ${durationText(maxSeconds)}: seconds, or text such as 90s, 30m or 1h`;
  const number = z.int({ error }).min(minSeconds, { error }).max(maxSeconds, { error });
  const text = z.string({ error }).regex(DURATION, { error });
  return z
    .union([number, text], { error })
    .transform((value) => (typeof value === 'number' ? value : secondsOf(value)))
    .pipe(z.number().min(minSeconds, { error }).max(maxSeconds, { error }));
}

/** Seconds in the largest unit that divides them: 1800 is "30m". */
export function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

function secondsOf(text: string): number {
  const unit = text.slice(-1);
  // Sound: DURATION has let through only text that ends in one of the units.
  return Number(text.slice(0, -1)) * SECONDS_PER_UNIT[unit as keyof typeof SECONDS_PER_UNIT];
}

/** Joins the keys of a section in the message of an unknown key; `shape-faults.ts` takes them apart again to say which was meant. */
export const KEY_SEPARATOR = ', ';

/** A mapping with exactly these keys: any other is a fault whose message lists the keys there are. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(KEY_SEPARATOR);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys : `a mapping of ${keys}`),
  });
}
