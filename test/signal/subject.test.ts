import { expect, it } from 'vitest';
import { correlationKey } from '../../shared/signal/subject.ts';

it('correlates by environment and region, whatever services are named', () => {
  const subject = { environment: 'staging', project: 'acme-staging', region: 'us-central1' };
  expect(correlationKey({ ...subject, services: ['backend'] })).toBe('staging/us-central1');
  expect(correlationKey({ ...subject, services: [] })).toBe('staging/us-central1');
});
