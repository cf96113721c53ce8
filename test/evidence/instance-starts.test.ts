import { describe, expect, it } from 'vitest';
import { instanceStarts, isListeningLine, YOUNG_SECONDS } from '../../shared/evidence/instance-starts.ts';
import type { LogEntry } from '../../shared/ports/cloud.ts';
import { entry } from '../builders/ports.ts';

const told = (seconds: number, instanceId: string | undefined, text: string, over: Partial<LogEntry> = {}) => ({
  ...entry(seconds, { instanceId, text, httpStatus: undefined, ...over }),
  service: over.service ?? 'backend',
});
const began = (seconds: number, id: string | undefined) =>
  told(seconds, id, 'Starting new instance. Reason: AUTOSCALING');
const ready = (seconds: number, id: string) =>
  told(seconds, id, 'Default STARTUP TCP probe succeeded after 1 attempt for container "app" on port 8080.');
const ended = (seconds: number, id: string) =>
  told(
    seconds,
    id,
    'STARTUP TCP probe failed 3 times consecutively for container "app" on port 8080. The instance was not started.',
  );
const broke = (seconds: number, instanceId: string | undefined, httpStatus = 503) => ({
  ...entry(seconds, { instanceId, httpStatus }),
  service: 'backend',
});
const see = (lines: Partial<Parameters<typeof instanceStarts>[0]>) =>
  instanceStarts({ failed: [], system: [], application: [], ...lines });

describe('instance starts', () => {
  it('are timed from the first word to the probe’s success or end', () => {
    const system = [
      ended(-10, 'c'),
      ready(-50, 'b'),
      began(-25, 'c'),
      began(-62, 'b'),
      ready(-80, 'a'),
      began(-90, 'a'),
      ready(-95, 'z'),
      began(-99, undefined),
    ];
    expect(see({ system })).toEqual([
      {
        service: 'backend',
        revision: 'backend-00002',
        succeeded: 3,
        slowestSeconds: 12,
        givenUpAfterSeconds: 15,
        failedYoung: 0,
        failedOlder: 0,
        failedUntilSeconds: undefined,
        listeningOn: undefined,
      },
    ]);
  });

  it.each([
    ['young', YOUNG_SECONDS, { failedYoung: 1, failedOlder: 0, failedUntilSeconds: 60 }],
    ['older', YOUNG_SECONDS + 1, { failedYoung: 0, failedOlder: 1, failedUntilSeconds: undefined }],
  ])('tell %s instances from others', (_, age, expected) => {
    expect(see({ system: [ready(-200, 'a')], failed: [broke(-200 + age, 'a')] })).toMatchObject([expected]);
  });

  it.each([
    [500, 1],
    [499, 0],
  ])('take %i for a server error: %i', (httpStatus, failedYoung) => {
    const seen = see({ system: [ready(-20, 'a')], failed: [broke(-10, 'a', httpStatus)] });
    expect(seen).toMatchObject([{ failedYoung }]);
  });

  it('count an instance of unknown age as older, and leave out what no instance answered or is no server error', () => {
    const failed = [
      broke(-10, 'unknown'),
      broke(-10, undefined),
      broke(-10, 'a', 429),
      { ...broke(-10, 'a'), httpStatus: undefined },
    ];
    expect(see({ system: [ready(-20, 'a')], failed })).toMatchObject([{ failedYoung: 0, failedOlder: 1 }]);
  });

  it('are told by service and revision, in their order', () => {
    const system = [
      ready(-1, 'a'),
      { ...ready(-2, 'b'), service: 'auth', revision: 'auth-00002' },
      { ...ready(-3, 'c'), revision: 'backend-00003' },
    ];
    expect(see({ system }).map(({ revision }) => revision)).toEqual(['auth-00002', 'backend-00002', 'backend-00003']);
    expect(see({ system: [told(-1, 'a', 'Container called exit(1).')] })).toEqual([]);
  });

  it.each([
    ['Server listening on port 3000', { port: 3000, address: 'any' }],
    ['INFO: Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)', { port: 8000, address: 'loopback' }],
    ['Uvicorn running on http://0.0.0.0:8000', { port: 8000, address: 'any' }],
    ['Tomcat started on port(s): 8081 (http)', { port: 8081, address: 'any' }],
    ['listening on http://localhost:5173', { port: 5173, address: 'loopback' }],
    ['Listening on :9000', { port: 9000, address: 'any' }],
    ['Listening at 10.0.0.1:7000', { port: 7000, address: 'any' }],
  ])('hear where a container listens: %s', (text, listeningOn) => {
    const line = told(-5, 'a', text);
    expect(isListeningLine(line)).toBe(true);
    expect(see({ application: [told(-1, 'a', 'an ordinary line'), line] })).toMatchObject([{ listeningOn }]);
  });

  it('do not take every word of running for it', () => {
    expect(isListeningLine(told(-5, 'a', 'migration running on table orders'))).toBe(false);
  });
});
