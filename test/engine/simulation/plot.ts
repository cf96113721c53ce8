import type { SqliteQueue } from '../../../shared/adapters/sqlite/queue.ts';
import type { SqliteStore } from '../../../shared/adapters/sqlite/store.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import type { Click } from '../../../shared/report/click.ts';
import { CONNECTOR, environment } from '../../builders/evidence.ts';
import type { SimulatedChat } from './chat.ts';
import type { SimulatedCloud, Trouble } from './cloud.ts';
import type { Parts } from './functions.ts';
import type { Consent, Persona } from './people.ts';
import type { SimulatedTests, TestsGo } from './tests.ts';

/** Everything that one run depends on: the same plot always takes the same course. */
export interface Plot {
  /** Decides the order of everything whose order is not promised. */
  readonly seed: number;
  readonly trouble: Trouble;
  readonly persona: Persona;
  /** 'at-once': whatever is on offer by then is decided on at the same moment. */
  readonly deciding: 'in-their-time' | 'at-once';
  readonly alerts: readonly AlertTold[];
  /** The process dies at these gates, counted from its first life on. */
  readonly crashesAt: readonly number[];
  readonly tests: TestsGo;
  /** How likely an acknowledgement is lost, so that the message comes once more. */
  readonly repeating: number;
}

export interface AlertTold {
  readonly afterSeconds: number;
  readonly incident: number;
  readonly state: 'open' | 'closed';
}

/** A part put in the place of the real one: how the planted faults come in. */
export type Tampering = (parts: Parts) => Parts;

export interface Ended {
  readonly plot: Plot;
  readonly store: SqliteStore;
  readonly queue: SqliteQueue;
  readonly chat: SimulatedChat;
  readonly cloud: SimulatedCloud;
  readonly tests: SimulatedTests;
  readonly policy: Policy;
  readonly consents: readonly Consent[];
  readonly clicks: readonly Click[];
  /** Every gate that was reached, in order; crashes among them. */
  readonly gates: readonly string[];
  readonly crashes: number;
  /** false: it went on and on. */
  readonly rested: boolean;
}

const ELSEWHERE = 'acme-other';

/** The project that Monitoring's incident of this number is about. */
export const projectOfAlert = (incident: number): string => (incident > 3 ? ELSEWHERE : 'acme-staging');

/** What the stories are about. */
const watched: Policy['environments'][number] = {
  ...environment,
  // Shorter than in production, where nothing else happens in the looks and the hours between.
  verification: { checks: 2, everySeconds: 60, deadlineSeconds: 420 },
  escalation: [
    { afterSeconds: 600, usergroups: ['S0ONCALL'], users: [] },
    { afterSeconds: 1200, usergroups: [], users: ['U0ANN'] },
  ],
  endToEnd: { kind: 'github', repository: 'acme/shop', workflow: 'e2e.yml', ref: 'main', timeoutSeconds: 900 },
  checks: [
    {
      kind: 'http',
      name: 'front page',
      url: 'https://staging.acme.test/',
      expectStatus: 200,
      expectBody: undefined,
      auth: { kind: 'none' },
      vantage: 'public',
      timeoutMs: 5_000,
    },
  ],
};

/** Another project whose services stand behind the same connector: its incidents have plans for the same resource. */
const elsewhere = { ...watched, name: 'elsewhere', project: ELSEWHERE, connectors: [CONNECTOR] };

export const policy: Policy = { ownProject: 'acme-runmedic', environments: [watched, elsewhere] };
