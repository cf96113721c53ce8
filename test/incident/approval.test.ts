import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  APPROVAL_HOLDS_SECONDS,
  approvalFault,
  approvalOf,
  approversFor,
  approversForAll,
  possibleGrounds,
} from '../../shared/incident/approval.ts';
import type { Approvers, Environment } from '../../shared/policy/policy.ts';
import type { Plan } from '../../shared/remedy/plan.ts';
import { at, environment } from '../builders/evidence.ts';
import { brokenRelease, planOf } from '../builders/incident.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const plan = planOf('inc-1');
const claim = {
  incident: 'inc-1',
  digest: plan.digest,
  approver: 'U0ANN',
  via: 'user',
  issuedAt: at(60),
  expiresAt: at(60 + APPROVAL_HOLDS_SECONDS),
};
const genuine = approvalOf(claim, privateKey);
const context = { plan, environment, at: at(61), publicKey };
const withApprovers = (approvers: Partial<Environment['approvers']>): Environment => ({
  ...environment,
  approvers: { ...environment.approvers, ...approvers },
});

describe('an approval', () => {
  it('that is genuine, for this plan, unexpired and backed by the policy has no fault', () => {
    expect(approvalFault(genuine, context)).toBeUndefined();
    const viaGroup = approvalOf({ ...claim, approver: 'U0BEN', via: 'S0ONCALL' }, privateKey);
    expect(approvalFault(viaGroup, context)).toBeUndefined();
  });

  it.each([
    ['incident', 'inc-2'],
    ['digest', 'f'.repeat(64)],
    ['approver', 'U0BEN'],
    ['via', 'S0ONCALL'],
    ['issuedAt', at(59)],
    ['expiresAt', at(1801)],
    ['signature', Buffer.from('forged').toString('base64')],
    ['signature', ''],
  ])('whose %s was changed does not carry the signature', (field, value) => {
    expect(approvalFault({ ...genuine, [field]: value }, context)).toEqual({
      kind: 'forged',
      detail: "the approval does not carry chat's signature",
    });
  });

  it('by another key is none', () => {
    const other = approvalOf(claim, generateKeyPairSync('ed25519').privateKey);
    expect(approvalFault(other, context)).toMatchObject({
      kind: 'forged',
      detail: expect.stringContaining('signature'),
    });
  });

  it.each([
    ['another incident', { incident: 'inc-2' }, 'forged', 'is for incident inc-2'],
    ['another plan', { digest: 'f'.repeat(64) }, 'forged', 'its digest differs'],
    [
      'longer than one may last',
      { expiresAt: at(61 + APPROVAL_HOLDS_SECONDS) },
      'lapsed',
      'lasts longer than the 15 min',
    ],
    ['somebody who is not named', { approver: 'U0SAM' }, 'lapsed', 'does not name U0SAM (user) for scale-connector'],
    ['a usergroup that is not named', { approver: 'U0SAM', via: 'S0OTHER' }, 'lapsed', 'does not name U0SAM (S0OTHER)'],
  ] as const)('of %s is refused, although chat signed it', (_, over, kind, fault) => {
    expect(approvalFault(approvalOf({ ...claim, ...over }, privateKey), context)).toEqual({
      kind,
      detail: expect.stringContaining(fault),
    });
  });

  it.each([
    ['just before its end', at(59 + APPROVAL_HOLDS_SECONDS), undefined],
    ['at its end', at(60 + APPROVAL_HOLDS_SECONDS), { kind: 'lapsed', detail: expect.stringContaining('expired at') }],
  ])('stands until it expires: %s', (_, moment, fault) => {
    expect(approvalFault(genuine, { ...context, at: moment })).toEqual(fault);
  });

  it('lapses when the policy stops naming who gave it', () => {
    const unnamed = { kind: 'lapsed', detail: expect.stringContaining('does not name U0ANN') };
    const nobody = { ...context, environment: withApprovers({ users: [], usergroups: [] }) };
    expect(approvalFault(genuine, nobody)).toEqual(unnamed);
    const none: Approvers = { users: [], usergroups: [] };
    const byAction = { ...context, environment: withApprovers({ byAction: { 'scale-connector': none } }) };
    expect(approvalFault(genuine, byAction)).toEqual(unnamed);
  });
});

describe('who may decide', () => {
  const [scale] = plan.steps;
  const [shift] = planOf('inc-1', brokenRelease).steps;
  const two: Plan['steps'] = [scale, shift];
  const grounds = (user: string, steps: Plan['steps'], of = environment) => possibleGrounds(user, steps, of);

  it("is the environment's list, unless the action has one of its own", () => {
    expect(approversFor('scale-connector', environment)).toMatchObject({ users: ['U0ANN'], usergroups: ['S0ONCALL'] });
    const own = { users: ['U0SAM'], usergroups: [] };
    expect(approversFor('scale-connector', withApprovers({ byAction: { 'scale-connector': own } }))).toEqual(own);
  });

  it('is whoever may decide every step', () => {
    const byAction = { 'shift-traffic': { users: ['U0ANN', 'U0SAM'], usergroups: ['S0WEB'] } };
    const mixed = withApprovers({ users: ['U0ANN', 'U0BEN'], usergroups: ['S0WEB', 'S0ONCALL'], byAction });
    expect(approversForAll(two, mixed)).toEqual({ users: ['U0ANN'], usergroups: ['S0WEB'] });
    expect(grounds('U0ANN', two, mixed)[0]).toBe('user');
    // Named for one step only: the other needs membership of a group that is named for it.
    expect(grounds('U0BEN', two, mixed)).toEqual([{ usergroup: 'S0WEB' }]);
    expect(grounds('U0OTHER', two, mixed)).toEqual([{ usergroup: 'S0WEB' }]);
  });

  it('is nobody where nobody is named', () => {
    const nobody = withApprovers({ users: [], usergroups: [] });
    expect(approversForAll([scale], nobody)).toEqual({ users: [], usergroups: [] });
    expect(grounds('U0ANN', [scale], nobody)).toEqual([]);
  });

  it('may be so as a person or as a member', () => {
    expect(grounds('U0ANN', [scale])).toEqual(['user', { usergroup: 'S0ONCALL' }]);
    expect(grounds('U0BEN', [scale])).toEqual([{ usergroup: 'S0ONCALL' }]);
  });
});
