import type { CheckAuth } from '../ports/prober.ts';

/** `runmedic.yaml`, parsed and completed with defaults. */
export interface Policy {
  /** true: nothing is changed anywhere; incidents are looked at all the same. */
  readonly paused?: boolean;
  /** The Google Cloud project runmedic itself runs in: never a target. */
  readonly ownProject: string | undefined;
  readonly environments: readonly Environment[];
  /** What stands at the top of the file: where and whom to tell of an incident whose environment it no longer has. */
  readonly top?: { readonly channel: string | undefined; readonly approvers: Approvers };
}

/** One environment: what is watched, where it is talked about, who may decide, and how far runmedic may go. */
export interface Environment {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  /** Short names; undefined means: all that the region has. */
  readonly services: readonly string[] | undefined;
  /** Full names; undefined means: those that the services name. */
  readonly connectors: readonly string[] | undefined;
  readonly checks: readonly Check[];
  readonly databases: readonly Database[];
  readonly probes: readonly Probe[];
  readonly slack: { readonly channel: string };
  readonly approvers: ApproverPolicy;
  readonly bounds: Bounds;
  readonly guardrails: GuardrailPolicy;
  readonly verification: VerificationPolicy;
  readonly escalation: readonly EscalationLevel[];
  /** undefined: none are run. */
  readonly endToEnd?: EndToEnd | undefined;
  /** true: alerts about this environment are recorded and otherwise ignored. */
  readonly paused: boolean;
  /** The setting by which plans are shown here and never offered; undefined: they are offered. */
  readonly observe?: string | undefined;
}

export type Vantage = 'public' | 'vpc';

/** What a user would try. All kinds are looked at from `vantage`. */
export type Check =
  | (CheckBase & {
      readonly kind: 'http';
      readonly url: string;
      readonly expectStatus: number;
      readonly expectBody: string | undefined;
    })
  | (CheckBase & { readonly kind: 'websocket'; readonly url: string; readonly echo: string | undefined })
  | (CheckBase & { readonly kind: 'journey'; readonly steps: readonly JourneyStep[] });

interface CheckBase {
  readonly name: string;
  readonly auth: CheckAuth;
  readonly vantage: Vantage;
  readonly timeoutMs: number;
}

/** A request, what must come back, and what later steps take from it: `{{token}}` in url, headers and body. */
export interface JourneyStep {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly expectStatus: number;
  readonly expectBody: string | undefined;
  /** Name -> dotted path into the JSON of the answer. */
  readonly capture: Readonly<Record<string, string>>;
}

export type DatabaseKind = 'postgresql' | 'mysql' | 'redis';

/** What services keep their data in. */
export interface Database {
  readonly name: string;
  readonly kind: DatabaseKind;
  /** `host:port` inside the VPC; undefined: probes do not look at it. */
  readonly address: string | undefined;
  /** Short name of the Cloud SQL or Memorystore instance; undefined: the one that has the address. */
  readonly instance: string | undefined;
  /** undefined: whoever can be seen to use it. */
  readonly services: readonly DatabaseUser[] | undefined;
  /** undefined: probes only knock. */
  readonly login: DatabaseLogin | undefined;
  readonly encryption: 'none' | 'tls';
  readonly timeoutMs: number;
}

export interface DatabaseUser {
  readonly service: string;
  /** What one instance may open at most; undefined: not told. */
  readonly connectionsPerInstance: number | undefined;
}

/** Secrets are named, never carried. */
export interface DatabaseLogin {
  readonly user: string;
  readonly secret: string | undefined;
  readonly database: string | undefined;
}

/** A look-out inside the VPC: the function probe, deployed with one way in. */
export interface Probe {
  readonly name: string;
  readonly url: string;
  /** 'direct-vpc', or a connector's full name. */
  readonly through: string;
  /** `host:port` that always answers: until it does, what this probe saw is not believed. */
  readonly knownGood: string;
}

/** User ids and usergroup ids. Nobody named means nobody may approve. */
export interface Approvers {
  readonly users: readonly string[];
  readonly usergroups: readonly string[];
}

export interface ApproverPolicy extends Approvers {
  /** Replaces the lists above for one action, by the action's id. */
  readonly byAction: Readonly<Record<string, Approvers>>;
  readonly expiresAfterSeconds: number;
}

/** How far a plan may go here. Refusals name the bound. */
export interface Bounds {
  /** 'all', or the ids of the actions that may be offered. */
  readonly actions: 'all' | readonly string[];
  /** Never offered, whatever `actions` says. */
  readonly deniedActions: readonly string[];
  readonly connectorInstancesMax: number;
  readonly connectorMachineTypes: readonly string[];
  /** Of one instance of a service. */
  readonly memoryMibMax: number;
  readonly cpuMax: number;
  /** Of one service: no ceiling and no floor is raised above. */
  readonly instancesMax: number;
  readonly costUsdPerMonthMax: number;
  /** What all changes of 24 hours add together. */
  readonly costUsdPerMonthPerDayMax: number;
}

/** What may be changed here, how much of it at once, when and how often. */
export interface GuardrailPolicy {
  /** Between two times of the same action on the same resource. */
  readonly cooldownSeconds: number;
  readonly changesPerHourMax: number;
  /** So often within so long the same fix is made; then people look. */
  readonly repeats: { readonly times: number; readonly withinSeconds: number };
  /** How many services one plan may change: so much of those that are watched, and so many at any rate. */
  readonly blastRadius: { readonly percentMax: number; readonly servicesAlways: number };
  /** What is discovered is changed only where it carries this label; undefined: naming the environment names all that it has. */
  readonly optInLabel?: { readonly key: string; readonly value: string } | undefined;
  readonly freezes: readonly Freeze[];
}

/** Local times throughout, as clocks in `timeZone` (an IANA name) show them. */
export type Freeze =
  | {
      readonly kind: 'weekly';
      readonly name: string;
      readonly days: readonly Weekday[];
      /** HH:MM */
      readonly from: string;
      readonly to: string;
      readonly timeZone: string;
    }
  | {
      readonly kind: 'dates';
      readonly name: string;
      /** YYYY-MM-DDTHH:MM */
      readonly from: string;
      readonly to: string;
      readonly timeZone: string;
    };

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** Recovery is believed after `checks` good looks in a row; past `deadlineSeconds` it is investigated again, or people get it where nothing could be measured. */
export interface VerificationPolicy {
  readonly checks: number;
  readonly everySeconds: number;
  readonly deadlineSeconds: number;
}

/** The end-to-end tests that are run again once an incident is resolved, and how long they may take. */
export type EndToEnd = { readonly timeoutSeconds: number } & (
  | {
      readonly kind: 'github';
      /** OWNER/NAME */
      readonly repository: string;
      /** The workflow's file name, or its number. */
      readonly workflow: string;
      /** Branch or tag. */
      readonly ref: string;
    }
  | {
      readonly kind: 'cloud-build';
      readonly project: string;
      readonly region: string;
      /** Its id or its name. */
      readonly trigger: string;
    }
);

export interface EscalationLevel {
  /** Counted from when people were first called for one reason. */
  readonly afterSeconds: number;
  readonly usergroups: readonly string[];
  readonly users: readonly string[];
}
