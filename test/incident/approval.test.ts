import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
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
  expiresAt: at(1800),
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
    expect(approvalFault({ ...genuine, [field]: value }, context)).toBe("the approval does not carry chat's signature");
  });

  it('by another key is none', () => {
    const other = approvalOf(claim, generateKeyPairSync('ed25519').privateKey);
    expect(approvalFault(other, context)).toContain('signature');
  });

  it.each([
    ['another incident', { incident: 'inc-2' }, 'is for incident inc-2'],
    ['another plan', { digest: 'f'.repeat(64) }, 'its digest differs'],
    [
      'longer than the policy allows',
      { expiresAt: at(1861) },
      'lasts longer than environments.staging.approvers allows',
    ],
    ['somebody who is not named', { approver: 'U0SAM' }, 'does not name U0SAM (user) for scale-connector'],
    ['a usergroup that is not named', { approver: 'U0SAM', via: 'S0OTHER' }, 'does not name U0SAM (S0OTHER)'],
  ])('of %s is refused, although it is genuine', (_, over, fault) => {
    expect(approvalFault(approvalOf({ ...claim, ...over }, privateKey), context)).toContain(fault);
  });

  it.each([
    [at(1799), undefined],
    [at(1800), 'expired at'],
  ])('stands until it expires: %s', (moment, fault) => {
    const found = approvalFault(genuine, { ...context, at: moment });
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  it('falls when the policy stops naming who gave it', () => {
    const nobody = { ...context, environment: withApprovers({ users: [], usergroups: [] }) };
    expect(approvalFault(genuine, nobody)).toContain('does not name U0ANN');
    const none: Approvers = { users: [], usergroups: [] };
    const byAction = { ...context, environment: withApprovers({ byAction: { 'scale-connector': none } }) };
    expect(approvalFault(genuine, byAction)).toContain('does not name U0ANN');
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
