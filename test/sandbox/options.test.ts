import { describe, expect, it } from 'vitest';
import { blockedPorts } from '../../sandbox/blocked-ports.ts';
import { OptionsError, readOptions } from '../../sandbox/options.ts';

const withPort = (port: string) => readOptions(['--scenario=healthy', `--port=${port}`]).port;

describe('--port', () => {
  it.each(['0', '80', '5999', '8080', '65535'])('takes %s', (port) => {
    expect(withPort(port)).toBe(Number(port));
  });

  it.each(['1', '6000', '10080'])('refuses %s, which nobody would reach, in a sentence', (port) => {
    expect(() => withPort(port)).toThrow(OptionsError);
    expect(() => withPort(port)).toThrow(
      `--port: found ${port}, allowed: a port that browsers and fetch speak HTTP to, such as 8080; they refuse ${port}, as another protocol lives there`,
    );
  });

  it.each(blockedPorts)('refuses none that fetch would speak to: %d', async (port) => {
    const refused = await fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error);
    expect(refused).toMatchObject({ cause: { message: 'bad port' } });
  });
});
