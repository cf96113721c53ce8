import { z } from 'zod';
import { CHECK_TIMEOUT_SECONDS, EXPECTED_STATUS } from './defaults.ts';
import {
  duration,
  durationText,
  headerName,
  httpUrl,
  line,
  listOf,
  secretName,
  section,
  webSocketUrl,
  wholeNumber,
} from './values.ts';

/** A journey is a login and a few calls; past 20 steps it is a test suite. */
const STEPS_MAX = 20;
const HEADERS_MAX = 20;
const CAPTURES_MAX = 10;
const BODY_CHARS_MAX = 10_000;

const auth = z
  .discriminatedUnion(
    'kind',
    [
      section({ kind: z.literal('none') }),
      section({
        kind: z.literal('id-token'),
        audience: line(500).describe('The audience that the receiving service expects; for Cloud Run its URL.'),
      }),
      section({ kind: z.literal('iap'), clientId: line(500).describe("Identity-Aware Proxy's OAuth client id.") }),
      section({
        kind: z.literal('header'),
        name: headerName,
        secret: secretName.describe("The secret's name in Secret Manager; its value becomes the header's."),
      }),
    ],
    { error: 'a mapping whose kind is none, id-token, iap or header' },
  )
  .describe('How the check proves who it is. Secrets are named, never written here.');

const common = {
  auth: auth.optional().meta({ default: { kind: 'none' } }),
  vantage: z
    .enum(['public', 'vpc'], { error: 'public or vpc' })
    .optional()
    .meta({ description: 'Where the check looks from: the internet, or inside the VPC.', default: 'public' }),
  timeout: duration({ minSeconds: 1, maxSeconds: 60 })
    .optional()
    .meta({ description: 'How long an answer may take.', default: durationText(CHECK_TIMEOUT_SECONDS) }),
};

const name = line(200).describe('What cards call this check. Its URL when left out.');

const expectStatus = wholeNumber(100, 599, ', an HTTP status,')
  .optional()
  .meta({ description: 'The HTTP status that means well.', default: EXPECTED_STATUS });

const expectBody = z
  .string({ error: 'text that the body must contain' })
  .min(1, { error: 'text that the body must contain' })
  .max(BODY_CHARS_MAX, { error: `at most ${BODY_CHARS_MAX} characters` })
  .optional()
  .describe('Text that the body must contain.');

const step = section({
  name: line(200).optional().describe('What the timeline calls this step. Its method and URL when left out.'),
  method: z
    .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], { error: 'GET, HEAD, POST, PUT, PATCH or DELETE' })
    .optional()
    .meta({ default: 'GET' }),
  url: httpUrl,
  headers: z
    .record(headerName, line(2000), { error: 'a mapping of header names to values' })
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, { error: `at most ${HEADERS_MAX} headers` })
    .optional()
    .describe('Header names and values; {{name}} stands for what an earlier step captured.'),
  body: z
    .string({ error: 'text; quote JSON, for example \'{"user":"probe"}\'' })
    .max(BODY_CHARS_MAX, { error: `at most ${BODY_CHARS_MAX} characters` })
    .optional()
    .describe('Sent as it stands; {{name}} stands for what an earlier step captured.'),
  expectStatus,
  expectBody,
  capture: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_]{0,40}$/, { error: 'a name of letters, digits and underscores, such as token' }),
      z
        .string({ error: 'a dotted path, such as user.id' })
        .regex(/^[^.\s]+(\.[^.\s]+)*$/, { error: 'a dotted path, such as user.id' }),
      { error: 'a mapping of names to dotted paths' },
    )
    .refine((capture) => Object.keys(capture).length <= CAPTURES_MAX, { error: `at most ${CAPTURES_MAX} captures` })
    .optional()
    .describe("Name: dotted path into the answer's JSON. Later steps write {{name}}."),
});

const described = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('http'), name: name.optional(), url: httpUrl, expectStatus, expectBody, ...common }),
    section({
      kind: z.literal('websocket'),
      name: name.optional(),
      url: webSocketUrl,
      echo: line(1000).optional().describe('Sent once open; the same text must come back.'),
      ...common,
    }),
    section({
      kind: z.literal('journey'),
      name,
      steps: listOf(step, STEPS_MAX)
        .min(1, { error: `a list of 1 to ${STEPS_MAX} steps` })
        .describe('Made in order; the first that fails ends the journey.'),
      ...common,
    }),
  ],
  { error: 'http, websocket or journey' },
);

/** What a user would try: a bare URL (GET expects 200; a WebSocket opens), or all of it spelt out. */
export const checkFile = z.union(
  [
    z.string().regex(/^(https|wss):\/\/[^\s/?#@]+([/?#]\S*)?$/, {
      error: 'an https:// or wss:// URL that holds no user or password',
    }),
    described,
  ],
  { error: 'an https:// or wss:// URL, or a mapping whose kind is http, websocket or journey' },
);
