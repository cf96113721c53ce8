import { describe, expect, it } from 'vitest';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const CHECK = 'projects/acme-staging/global/healthChecks/live-health';
const patience = { intervalSeconds: 5, timeoutSeconds: 5, unhealthyThreshold: 3 };

describe('the writer, on a health check', () => {
  it('makes it more patient, and leaves the rest of it', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('health-check-too-strict');
    afterSeconds(60);
    const project = { project: 'acme-staging' };
    const [before] = await reader.healthChecks(project, NEVER);
    const { operation } = await writer.changeHealthCheck(CHECK, patience, NEVER);
    expect(operation).toMatch(/^compute:projects\/acme-staging\/global\/operations\//);
    expect(await writer.operation(operation, NEVER)).toEqual({ done: false });
    await expect(writer.changeHealthCheck(CHECK, patience, NEVER)).rejects.toMatchObject({
      code: 'failed-precondition',
    });
    afterSeconds(90);
    expect(await writer.operation(operation, NEVER)).toEqual({ done: true, error: undefined });
    expect(await reader.healthChecks(project, NEVER)).toEqual([{ ...before, ...patience }]);
  });

  it.each([
    ['a wait beyond its interval', { timeoutSeconds: 6 }, 'less than or equal to checkIntervalSec'],
    ['more failures than there may be', { unhealthyThreshold: 11 }, 'between 1 and 10'],
    ['an interval beyond five minutes', { intervalSeconds: 301 }, 'between 1 and 300'],
  ])('is refused %s', async (_, over, message) => {
    const { writer } = await googleInSandbox('health-check-too-strict');
    await expect(writer.changeHealthCheck(CHECK, { ...patience, ...over }, NEVER)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    });
  });

  it('knows no other', async () => {
    const { writer } = await googleInSandbox('health-check-too-strict');
    await expect(writer.changeHealthCheck(`${CHECK}-2`, patience, NEVER)).rejects.toMatchObject({ code: 'not-found' });
  });
});
