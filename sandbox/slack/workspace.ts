/** Who and what there is in the Slack workspace before anybody writes. */
export interface User {
  readonly id: string;
  /** The handle, without @. */
  readonly name: string;
  readonly realName: string;
  readonly title: string;
  readonly isBot: boolean;
  /** A multi-channel guest. */
  readonly isRestricted: boolean;
  /** A single-channel guest. */
  readonly isUltraRestricted: boolean;
  readonly deleted: boolean;
}

export interface Usergroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
  readonly members: readonly string[];
}

export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: { readonly id: string; readonly name: string; readonly botUserId: string; readonly botId: string };
  readonly users: readonly User[];
  readonly usergroups: readonly Usergroup[];
  readonly channels: readonly Channel[];
}

const person = (id: string, name: string, realName: string, title: string): User => ({
  id,
  name,
  realName,
  title,
  isBot: false,
  isRestricted: false,
  isUltraRestricted: false,
  deleted: false,
});

/** The team of the case: an on-call engineer, a second one who may approve by usergroup, a stranger and a guest. */
export const acmeWorkspace: Workspace = {
  team: { id: 'T0ACME', name: 'Acme', domain: 'acme' },
  app: { id: 'A0RUNMEDIC', name: 'runmedic', botUserId: 'U0RUNMEDIC', botId: 'B0RUNMEDIC' },
  users: [
    person('U0ANN', 'ann', 'Ann Lindqvist', 'On-call engineer'),
    person('U0BEN', 'ben', 'Ben Okafor', 'Platform engineer'),
    person('U0SAM', 'sam', 'Sam Rivera', 'Product manager'),
    { ...person('U0GUEST', 'guest', 'Gail Moreau', 'Contractor'), isRestricted: true },
    { ...person('U0RUNMEDIC', 'runmedic', 'runmedic', ''), isBot: true },
  ],
  usergroups: [{ id: 'S0ONCALL', handle: 'oncall', name: 'On-call', users: ['U0ANN', 'U0BEN'] }],
  channels: [
    {
      id: 'C0STAGING',
      name: 'staging-incidents',
      isArchived: false,
      members: ['U0ANN', 'U0BEN', 'U0SAM', 'U0GUEST', 'U0RUNMEDIC'],
    },
  ],
};
