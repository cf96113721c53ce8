import { describe, expect, it } from 'vitest';
import { restartedTemplate } from '../../../shared/adapters/google/restarted-template.ts';
import { fields } from '../../../shared/adapters/google/values.ts';
import { recordedService } from './fixtures.ts';

const restart = { mark: 'inc-1/1', image: 'app@sha256:aaaa' };

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
    const template = { revision: 's-00001-abc', annotations: { team: 'shop', 'runmedic.dev/restarted-at': 'before' } };
    const restarted = restartedTemplate(template, restart);
    expect('revision' in restarted).toBe(false);
    expect(restarted['annotations']).toEqual({ team: 'shop', 'runmedic.dev/restarted-at': 'inc-1/1' });
  });

  it('pins only the container that takes requests, wherever it stands, with what we do not know of it', () => {
    const sidecar = { name: 'proxy', image: 'proxy:1', dependsOn: [] };
    const app = { name: 'app', image: 'app:latest', ports: [{ containerPort: 8080 }], fieldOfTomorrow: { a: 1 } };
    expect(restartedTemplate({ containers: [sidecar, app] }, restart)['containers']).toEqual([
      sidecar,
      { ...app, image: 'app@sha256:aaaa' },
    ]);
    expect(restartedTemplate({ containers: [{ image: 'a' }, sidecar] }, restart)['containers']).toEqual([
      { image: 'app@sha256:aaaa' },
      sidecar,
    ]);
  });
});
