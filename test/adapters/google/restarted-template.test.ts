import { describe, expect, it } from 'vitest';
import { restartedTemplate } from '../../../shared/adapters/google/restarted-template.ts';
import { fields } from '../../../shared/adapters/google/values.ts';
import { recordedService } from './fixtures.ts';

const restart = { mark: 'inc-1/1', images: ['app@sha256:aaaa'] };

describe('restartedTemplate', () => {
  it('changes mark and image of a real template and nothing else', () => {
    const template = fields(recordedService('services-failing.json', 0)['template']);
    const restarted = restartedTemplate(template, restart);
    const [container] = template['containers'] as [object];
    expect(restarted).toEqual({
      ...template,
      annotations: { 'runmedic.dev/restarted-at': 'inc-1/1' },
      containers: [{ ...container, image: 'app@sha256:aaaa' }],
    });
  });

  it('clears the revision’s name and keeps other annotations', () => {
    const template = {
      revision: 's-00001-abc',
      annotations: { team: 'shop', 'runmedic.dev/restarted-at': 'before' },
      containers: [{ image: 'app' }],
    };
    const restarted = restartedTemplate(template, restart);
    expect('revision' in restarted).toBe(false);
    expect(restarted['annotations']).toEqual({ team: 'shop', 'runmedic.dev/restarted-at': 'inc-1/1' });
  });

  it('pins every container to its own image, wherever it stands, with what we do not know of it', () => {
    const proxy = { name: 'proxy', image: 'proxy:1', dependsOn: [] };
    const app = { name: 'app', image: 'app:latest', ports: [{ containerPort: 8080 }], fieldOfTomorrow: { a: 1 } };
    const agent = { name: 'agent', image: 'agent:2' };
    const images = ['app@sha256:aaaa', 'proxy@sha256:bbbb', 'agent@sha256:cccc'];
    expect(restartedTemplate({ containers: [proxy, app, agent] }, { mark: 'm', images })['containers']).toEqual([
      { ...proxy, image: 'proxy@sha256:bbbb' },
      { ...app, image: 'app@sha256:aaaa' },
      { ...agent, image: 'agent@sha256:cccc' },
    ]);
    const bare = [{ image: 'a' }, proxy];
    expect(
      restartedTemplate({ containers: bare }, { mark: 'm', images: ['a@sha256:aa', 'p@sha256:bb'] })['containers'],
    ).toEqual([{ image: 'a@sha256:aa' }, { ...proxy, image: 'p@sha256:bb' }]);
  });

  it.each([
    ['one too many', [{ image: 'app' }, { image: 'proxy' }]],
    ['none', []],
  ])('sends nothing that would go out unpinned: %s', (_, containers) => {
    expect(() => restartedTemplate({ containers }, restart)).toThrow(
      expect.objectContaining({ code: 'failed-precondition' }),
    );
  });
});
