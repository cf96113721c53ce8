import { describe, expect, it } from 'vitest';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import { byNewRevision, imagesThatRun, refused } from '../../shared/remedy/new-revision.ts';
import { at, revision, serviceName, template } from '../builders/evidence.ts';
import { recording, unhurried } from '../builders/ports.ts';
import { BACKEND, BOUNDS_AT, bounds, changing, cloudWith, IMAGES, proposal, templateOf } from '../builders/remedies.ts';

/** Sets the timeout to a minute, unless it is that. */
const toOneMinute = (base: 'what-serves' | 'what-was-deployed' = 'what-serves') =>
  byNewRevision<{ readonly timeoutSeconds: number }>({
    title: 'One minute',
    answers: [],
    cost: 'none',
    base,
    ownOf: ({ timeoutSeconds }) => ({ timeoutSeconds }),
    decide: ({ service: { shortName, template: present } }) =>
      present.timeoutSeconds === 60
        ? refused(`${shortName} is there already`)
        : {
            kind: 'found',
            after: { timeoutSeconds: 60 },
            told: {
              fit: 'mends',
              summary: { title: 'One minute', before: '5', after: '1' },
              expectedEffect: 'shorter',
              whatCouldGoWrong: 'too short',
              costUsdPerMonth: 0,
              expectedSeconds: 1,
            },
            flags: '--timeout=60',
            block: 'timeout = "60s"',
          },
    outOfLimits: ({ after: { timeoutSeconds } }) => (timeoutSeconds > 60 ? 'too long' : undefined),
  });

const [app] = template.containers;
if (app === undefined) throw new Error('the template has no container');
const proxy = { ...app, name: 'proxy', image: 'us-docker.pkg.dev/acme/proxy@sha256:bbbb' };
const templateWith = (...containers: readonly (typeof app)[]) => ({ ...template, containers });
const serving = (...containers: readonly (typeof app)[]) => ({
  revisions: [revision('backend-00002', at(-86_400), { template: templateWith(...containers) })],
});
const propose = (over: Partial<ServiceObservation>, base?: 'what-serves' | 'what-was-deployed', target = BACKEND) =>
  proposal(toOneMinute(base), { rule: 'memory-exhausted', service: over, target });

describe('a change that makes a new revision', () => {
  it('sets its own, with the images that run, and can be taken back', () => {
    expect(propose({})).toEqual({
      kind: 'proposed',
      change: {
        target: BACKEND,
        etag: '"1"',
        before: { timeoutSeconds: 300, images: IMAGES },
        after: { timeoutSeconds: 60, images: IMAGES },
      },
      prospect: {
        risk: 'medium',
        fit: 'mends',
        summary: { title: 'One minute', before: '5', after: '1' },
        expectedEffect: 'shorter',
        whatCouldGoWrong: 'too short',
        costUsdPerMonth: 0,
        expectedSeconds: 1,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --timeout=60',
          terraform: 'resource "google_cloud_run_v2_service" "backend" {\n  timeout = "60s"\n}',
        },
      },
    });
  });

  it('says which identity must be allowed what', () => {
    expect(toOneMinute()).toMatchObject({
      needs: ['cloud-run'],
      considers: ['metrics', 'logs', 'database'],
      permissions: [
        'run.services.get',
        'run.revisions.list',
        'run.services.update',
        'run.operations.get',
        'iam.serviceAccounts.actAs',
      ],
    });
  });

  it.each([
    ['as the revision names it', 'proxy'],
    ['where the template leaves its name out', ''],
  ])('neither changes nor puts back a tag that the template has: %s', (_, name) => {
    const byTag = templateWith(app, { ...proxy, name, image: 'proxy:latest' });
    const images = [app.image, proxy.image];
    expect(propose({ template: byTag, ...serving(app, proxy) })).toMatchObject({
      change: { before: { images }, after: { images } },
    });
  });

  it.each([
    ['what was not seen', {}, `service ${BACKEND}x was not observed`, `${BACKEND}x`],
    [
      'pinned traffic',
      { traffic: [{ revision: 'backend-00002', percent: 100 }] },
      'traffic of backend is pinned to a revision: a new one would serve nobody',
    ],
    [
      'traffic that is split',
      {
        traffic: [
          { revision: 'LATEST', percent: 40 },
          { revision: 'backend-00001', percent: 60 },
        ],
      },
      'traffic of backend is pinned to a revision: a new one would serve 40 % of it',
    ],
    [
      'a newest revision that never served',
      { latestCreatedRevision: `${BACKEND}/revisions/backend-00003` },
      'the newest revision of backend is not the one that serves: a new one would start its template, not what served',
    ],
    ['what its own reason is against', { template: { ...template, timeoutSeconds: 60 } }, 'backend is there already'],
  ])('is refused for %s', (_, over, reason, target = BACKEND) => {
    expect(propose(over, 'what-serves', target)).toEqual({ kind: 'refused', reason });
  });

  it.each([
    ['an image without a digest', serving({ ...app, image: 'app:latest' })],
    ['a revision without containers', serving()],
    ['no containers at all', { template: templateWith(), ...serving() }],
    ['a revision that was not observed', { revisions: [] }],
    ['a sidecar that the revision does not have', { template: templateWith(app, proxy) }],
    [
      'a sidecar without a digest',
      { template: templateWith(app, proxy), ...serving(app, { ...proxy, image: 'proxy:latest' }) },
    ],
    [
      'another sidecar than the revision has',
      { template: templateWith(app, proxy), ...serving(app, { ...proxy, name: 'agent' }) },
    ],
  ])('is refused where it might run another image: %s', (_, over) => {
    expect(propose(over)).toEqual({
      kind: 'refused',
      reason: 'the image digest of backend is not known for every container: a new revision might run another image',
    });
  });

  it('goes out from what was deployed, whether it came up or not, where that is to be mended', () => {
    const newest = { ...app, image: 'us-docker.pkg.dev/acme/app@sha256:cccc' };
    const over = {
      latestCreatedRevision: `${BACKEND}/revisions/backend-00003`,
      template: templateWith(newest),
      revisions: [
        revision('backend-00003', at(-300), { template: templateWith(newest) }),
        revision('backend-00002', at(-86_400)),
      ],
    };
    expect(propose(over, 'what-was-deployed')).toMatchObject({
      kind: 'proposed',
      change: { after: { images: [newest.image] } },
    });
  });

  it.each([true, false])('reads what stands, with the images that run; reconciling: %s', async (reconciling) => {
    const cloud = cloudWith({ etag: '"9"', reconciling, template: templateOf({ image: 'app:latest' }) });
    expect(await toOneMinute().read(BACKEND, cloud, unhurried)).toEqual({
      settings: { timeoutSeconds: 300, images: IMAGES },
      etag: '"9"',
      settled: !reconciling,
    });
  });

  it.each([
    ['"9"', '"9"'],
    [undefined, ''],
  ])('is written as one template under the etag %j', async (etag, sent) => {
    const { cloud, written } = recording();
    const settings = { timeoutSeconds: 60, images: IMAGES };
    const change = { ...changing({ timeoutSeconds: 300, images: IMAGES }, settings), etag };
    expect(await toOneMinute().write(change, cloud, unhurried)).toEqual({ operation: 'changeService-1' });
    expect(written).toEqual([['changeService', { name: BACKEND, etag: sent }, { template: settings }]]);
  });

  it.each([
    ['pinned images', IMAGES, 60, undefined],
    ['its own limit', IMAGES, 61, 'too long'],
    ['an image that may change', ['app:latest'], 60, expect.stringContaining('pinned by digest')],
    ['a sidecar that may change', [...IMAGES, 'proxy:1'], 60, expect.stringContaining('pinned by digest')],
    ['no image', [], 60, expect.stringContaining('pinned by digest')],
  ])('is held against %s', (_, images, timeoutSeconds, expected) => {
    const after = { timeoutSeconds, images };
    expect(toOneMinute().outOfLimits?.({ after, present: after, bounds, boundsAt: BOUNDS_AT })).toEqual(expected);
  });
});

describe('the images that run', () => {
  const latestCreatedRevision = `${serviceName('backend')}/revisions/backend-00002`;
  const byTag = templateWith({ ...app, image: 'app:latest' });

  it.each([
    ['of the newest revision', serving(app).revisions, [app.image]],
    ['what the template says, without a digest', serving({ ...app, image: 'app:1' }).revisions, ['app:latest']],
    ['what the template says, without the revision', [], ['app:latest']],
  ])('are %s', (_, revisions, images) => {
    expect(imagesThatRun({ template: byTag, latestCreatedRevision }, revisions)).toEqual(images);
  });
});
