import { describe, expect, it } from 'vitest';
import { concludes, deployed, kinds, notReady } from '../builders/deploys.ts';
import { at, revision, template } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const FRESH_SECONDS = 3600;

const MISSING = { reason: 'CONTAINER_MISSING', message: "Image 'app:1' not found." };

describe('image-unavailable', () => {
  it.each([
    ['is missing', MISSING, 'is not in its repository'],
    [
      'is missing, in a reason that says less',
      { reason: 'REVISION_FAILED', message: "Image 'app:1' not found." },
      'is not in its repository',
    ],
    ['may not be read', { reason: 'CONTAINER_PERMISSION_DENIED' }, 'Cloud Run may not read'],
    ['is not authorised', { reason: 'CONTAINER_IMAGE_UNAUTHORIZED' }, 'Cloud Run may not read'],
    [
      'may not be read, by its words',
      { message: 'must have permission to read the image, app' },
      'Cloud Run may not read',
    ],
  ])('sees an image that %s', (_, ready, words) => {
    expect(concludes('image-unavailable', [notReady(ready)])).toMatchObject([
      { claim: expect.stringContaining(words), confidence: 'certain', harm: 'soon' },
    ]);
  });

  it('says who goes on serving, or that nobody does', () => {
    const [served] = concludes('image-unavailable', [notReady(MISSING)]);
    expect(served).toMatchObject({ claim: expect.stringContaining('; backend-00002 goes on serving.') });
    for (const serving of [[], [{ revision: 'backend-00002', percent: 0 }]])
      expect(concludes('image-unavailable', [notReady(MISSING, { serving })])).toMatchObject([
        { claim: expect.stringContaining('; no revision serves.'), harm: 'now' },
      ]);
  });

  it('takes the word of the service where the revision has none, and does without the name of the image', () => {
    const ready = {
      state: 'failed',
      reason: 'CONTAINER_PERMISSION_DENIED',
      message: undefined,
      at: undefined,
    } as const;
    const bare = { template: { ...template, containers: [] } };
    expect(concludes('image-unavailable', [notReady({}, { ready }, bare)])).toMatchObject([
      {
        claim: expect.stringContaining('may not read its image'),
        evidence: [{ text: 'The platform says CONTAINER_PERMISSION_DENIED.' }, {}],
      },
    ]);
  });

  it.each([
    ['a deploy that failed for another reason', notReady({ reason: 'HEALTH_CHECK_CONTAINER_ERROR', message: 'no' })],
    ['one that is ready', deployed()],
  ])('is silent at %s', (_, service) => {
    expect(kinds(concludes('image-unavailable', [service]))).toEqual(['ruled-out']);
  });

  it.each([
    [FRESH_SECONDS, 'cause'],
    [FRESH_SECONDS + 1, 'ruled-out'],
  ])('judges a deploy of %i seconds ago', (seconds, kind) => {
    const service = notReady(MISSING, {}, { createdAt: at(-seconds) });
    expect(kinds(concludes('image-unavailable', [service]))).toEqual([kind]);
  });

  it('looks past a deploy that is still under way', () => {
    const ready = { state: 'pending', reason: undefined, message: undefined, at: undefined } as const;
    const service = notReady(MISSING);
    const trying = { ...service, revisions: [revision('backend-00004', at(-5), { ready }), ...service.revisions] };
    expect(kinds(concludes('image-unavailable', [trying]))).toEqual(['cause']);
  });

  it('rules itself out where nothing is watched', () => {
    expect(concludes('image-unavailable', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
