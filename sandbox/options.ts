import { parseArgs } from 'node:util';
import { blockedPorts } from './blocked-ports.ts';
import { type Decision, decisions } from './oncall.ts';

/** How one run of the sandbox is asked for. */
export interface Options {
  /** A shipped scenario's name, or a file. */
  readonly scenario: string;
  /** World seconds per second of the machine. */
  readonly speed: number;
  /** Nobody looks: the world jumps when all is idle, and events go to stdout. */
  readonly headless: boolean;
  /** 0 takes a free one. */
  readonly port: number;
  /** What the simulated on-call does; they are there in a headless run only. */
  readonly decision: Decision;
  readonly tokensFile: string | undefined;
}

const usage = `usage: node sandbox/main.ts --scenario NAME|FILE [--speed 30] [--port 0] [--headless [--decision ${decisions.join('|')}]] [--tokens FILE]`;

/** Options that make no sense; the message says what was found and what is allowed. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const DEFAULT_SPEED = 30;
/**
 * What the bot waits for at least, two minutes of the world's, then lasts two seconds of the machine's, in which it reads everything once. Tried on
 * 2026-11-25, staging-503 on two busy cores: resolved at 60 and 120, escalated at 300, where verification runs out of time too.
 */
export const SPEED_MAX = 60;
const PORT_MAX = 65_535;

/** @throws OptionsError for an unknown flag or a value that is not allowed. */
export function readOptions(args: readonly string[]): Options {
  const { scenario, speed, port, decision, headless, tokens } = parse(args);
  if (scenario === undefined)
    throw new OptionsError(`--scenario is missing: the name of a shipped scenario or a YAML file\n${usage}`);
  return {
    scenario,
    speed: inRange(
      '--speed',
      speed ?? String(DEFAULT_SPEED),
      (value) => value > 0 && value <= SPEED_MAX,
      `a number above 0, at most ${SPEED_MAX}: in a faster world the bot takes an investigation that is under way for one that died`,
    ),
    port: portOf(port ?? '0'),
    headless: headless === true,
    decision: decisionOf(decision, headless === true ? 'simulated' : 'a person'),
    tokensFile: tokens,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        scenario: { type: 'string' },
        speed: { type: 'string' },
        headless: { type: 'boolean' },
        port: { type: 'string' },
        decision: { type: 'string' },
        tokens: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new OptionsError(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error });
  }
}

function portOf(given: string): number {
  const port = inRange(
    '--port',
    given,
    (value) => Number.isInteger(value) && value >= 0 && value <= PORT_MAX,
    `a whole number from 0 to ${PORT_MAX}`,
  );
  if (blockedPorts.includes(port))
    throw new OptionsError(
      `--port: found ${port}, allowed: a port that browsers and fetch speak HTTP to, such as 8080; they refuse ${port}, as another protocol lives there`,
    );
  return port;
}

function inRange(flag: string, given: string, allowed: (value: number) => boolean, words: string): number {
  const value = Number(given);
  if (given.trim() === '' || !allowed(value))
    throw new OptionsError(`${flag}: found ${JSON.stringify(given)}, allowed: ${words}`);
  return value;
}

/** @param decides at the page a person does, and a decision given beforehand would be ignored without a word. */
function decisionOf(given: string | undefined, decides: 'simulated' | 'a person'): Decision {
  const decision = decisions.find((name) => name === (given ?? 'approve'));
  if (decision === undefined)
    throw new OptionsError(`--decision: found ${JSON.stringify(given)}, allowed: ${decisions.join(', ')}`);
  if (given !== undefined && decides === 'a person')
    throw new OptionsError(
      `--decision: found ${JSON.stringify(given)} without --headless, allowed: nothing; whoever is at the page decides`,
    );
  return decision;
}
