import { describe, expect, it } from 'vitest';
import { faultLine } from '../../shared/policy/fault.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';

const parsed = (endToEnd: string) =>
  parsePolicy(
    `slack: { channel: C0STAGING }\napprovers: { users: [U0ANN] }\nenvironments:\n  staging:\n    project: acme-staging\n    region: us-central1\n    checks: [https://a.test/]\n    ${endToEnd}\n`,
    'runmedic.yaml',
  );

function environment(endToEnd: string) {
  const result = parsed(endToEnd);
  if (!result.ok) throw new Error(result.faults.map(faultLine).join('\n'));
  return { endToEnd: result.policy.environments[0]?.endToEnd, warnings: result.warnings };
}

describe('endToEnd', () => {
  it('is none where nothing is written', () => {
    expect(environment('').endToEnd).toBeUndefined();
  });

  it('is a workflow of GitHub Actions, or a trigger of Cloud Build', () => {
    expect(environment('endToEnd: { github: { repository: acme/shop, workflow: e2e.yml, ref: main } }')).toEqual({
      endToEnd: { kind: 'github', repository: 'acme/shop', workflow: 'e2e.yml', ref: 'main', timeoutSeconds: 1800 },
      warnings: [],
    });
    const trigger = '{ trigger: end-to-end, region: global, project: acme-tests }';
    expect(environment(`endToEnd: { cloudBuild: ${trigger}, timeout: 1h }`)).toEqual({
      endToEnd: {
        kind: 'cloud-build',
        trigger: 'end-to-end',
        region: 'global',
        project: 'acme-tests',
        timeoutSeconds: 3600,
      },
      warnings: [],
    });
  });

  it('warns of a trigger in the watched project, named or left out', () => {
    const warnings = [
      'staging: endToEnd.cloudBuild runs in the watched project, where whoever may run its trigger may start any build; give the tests a project of their own.',
    ];
    const trigger = (more = '') => environment(`endToEnd: { cloudBuild: { trigger: t, region: us-central1${more} } }`);
    expect(trigger()).toMatchObject({ endToEnd: { project: 'acme-staging' }, warnings });
    expect(trigger(', project: acme-staging').warnings).toEqual(warnings);
  });

  it.each([
    ['{}', 'endToEnd: found an empty mapping, allowed: either github or cloudBuild: one place where the tests run'],
    [
      '{ github: { repository: acme/shop, workflow: e2e.yml, ref: main }, cloudBuild: { trigger: t, region: global } }',
      'allowed: either github or cloudBuild',
    ],
    ['{ github: { repository: shop, workflow: e2e.yml, ref: main } }', "a GitHub repository's owner and name"],
    [
      '{ github: { repository: acme/shop, workflow: .github/workflows/e2e.yml, ref: main } }',
      "a workflow's file name (not its path or title)",
    ],
    ['{ github: { repository: acme/shop, workflow: e2e.yml } }', 'endToEnd.github.ref: found nothing'],
    ['{ github: { repository: acme/shop, workflow: e2e.yml, ref: "-x" } }', 'a branch or tag, such as main'],
    ['{ cloudBuild: { trigger: a/b, region: global } }', "a Cloud Build trigger's name or id"],
    ['{ cloudBuild: { trigger: t, region: us-central1-a } }', 'a region such as us-central1, or global'],
    [
      '{ github: { repository: acme/shop, workflow: 81240377, ref: main } }',
      'endToEnd.github.workflow: found 81240377',
    ],
    ['{ github: { repository: acme/shop, workflow: e2e.yml, ref: main }, timeout: 7h }', 'a duration from 1m to 6h'],
  ])('%s is a fault', (written, fault) => {
    const result = parsed(`endToEnd: ${written}`);
    expect(result.ok ? '' : result.faults.map(faultLine).join('\n')).toContain(fault);
  });
});
