import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import { actionNames, anyAction } from '../../shared/remedy/actions.ts';
import { byHand } from '../../shared/remedy/by-hand.ts';
import { type GuardrailContext, refusedByGuardrail } from '../../shared/remedy/guardrails.ts';
import { guidedFirewall } from '../../shared/remedy/guided-firewall.ts';
import { isByHand } from '../../shared/remedy/plan.ts';
import { bestOf } from '../../shared/remedy/plan-for.ts';
import { shellWord } from '../../shared/remedy/shell-word.ts';
import { at, environment } from '../builders/evidence.ts';
import { brokenRelease, planOf, shutOut } from '../builders/incident.ts';
import { reading, recording, unhurried } from '../builders/ports.ts';

const [step] = planOf('inc-1', shutOut).steps;
const [shift] = planOf('inc-1', brokenRelease).steps;
const context: GuardrailContext = {
  environment,
  ownProject: 'acme-runmedic',
  at: at(60),
  incident: 'inc-1',
  rule: 'egress-blocked',
  made: [],
};

describe('what is made by hand', () => {
  it('is the nine guides, and needs no right', () => {
    const guides = actionNames.filter((name) => anyAction(name).madeBy === 'people');
    expect(guides).toEqual(actionNames.filter((name) => name.startsWith('guided-')));
    expect(guides.flatMap((name) => anyAction(name).permissions)).toEqual([]);
  });

  it('changes nothing: it stands already when it is carried out, and is never written', async () => {
    expect(step).toMatchObject({ etag: undefined, before: {}, after: {} });
    expect(await guidedFirewall.read(step.target, reading({}).cloud, unhurried)).toEqual({
      settings: {},
      etag: undefined,
      settled: true,
    });
    const change = { target: 'it', etag: undefined, before: {}, after: {} };
    await expect(guidedFirewall.write(change, recording().cloud, unhurried)).rejects.toThrow(/never written: it$/);
  });

  it('has no undo of runmedic’s, and no price', () => {
    expect(step.prospect).toMatchObject({ fit: 'by-hand', costUsdPerMonth: 'unknown', undo: { kind: 'none' } });
    expect([isByHand({ steps: [step] }), isByHand({ steps: [shift] })]).toEqual([true, false]);
  });

  it('may be all words: nothing to run, and nothing of it in Terraform', () => {
    const told = { words: 'Wait.' };
    const waiting = byHand({
      title: 'Wait',
      answers: ['redis-down'],
      needs: [],
      guide: () => ({
        kind: 'found',
        guide: {
          summary: { title: 'Wait', before: 'away', after: 'back' },
          ...{ risk: 'low', expectedEffect: 'it is back', expectedSeconds: 60, whatCouldGoWrong: 'Nothing.' },
          ...{ check: told, make: told, undo: told },
        },
      }),
    });
    const cause: Cause = {
      ...{ rule: 'redis-down', layer: 'infrastructure', target: 'it', claim: 'it is away', confidence: 'certain' },
      ...{ evidence: [], expects: [], services: [], explains: [] },
    };
    expect(waiting.propose({ cause, seen: {}, environment, mark: 'm' })).toMatchObject({
      prospect: { permanent: { gcloud: '', terraform: '' }, guide: { make: 'Wait.' } },
    });
  });

  it('comes after whatever runmedic may do itself, whatever that risks', () => {
    const risky = { ...shift, prospect: { ...shift.prospect, fit: 'relieves', risk: 'high' } } as const;
    expect(bestOf([step, risky])).toBe(risky);
  });

  it.each([
    ['its cost', {}, undefined],
    ['a pause', { paused: true }, /paused is true/],
    [
      'actions that do not name it',
      { bounds: { ...environment.bounds, actions: ['scale-connector'] } },
      /does not name guided-firewall/,
    ],
  ] as const)('is kept back by %s: %#', (_, over, reason) => {
    const refusal = refusedByGuardrail(step, { ...context, environment: { ...environment, ...over } }, {});
    if (reason === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toMatch(reason);
  });

  it.each([
    ['deny-databases', 'deny-databases'],
    ['db.staging.acme.internal.', 'db.staging.acme.internal.'],
    ['0 issue "pki.goog"', '\'0 issue "pki.goog"\''],
    ['$(reboot)', "'$(reboot)'"],
    ["it's", 'NAME'],
    ['a`b', 'NAME'],
    ['a\nb', 'NAME'],
    ['', 'NAME'],
  ])('copies %j into a shell as %s', (text, word) => expect(shellWord(text, 'NAME')).toBe(word));
});
