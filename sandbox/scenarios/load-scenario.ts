import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { extend } from './extend.ts';
import { nearestNames } from './nearest-names.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/** A scenario that cannot be played; the message lists every fault. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

const DEPTH_MAX = 5;
/** Enough to find a name that was mistyped, few enough to be read. */
const NAMED_COUNT = 3;

/**
 * Reads a scenario by the name of one that is shipped, or from a YAML file.
 * @throws ScenarioError with every fault: path, what was found, what is allowed.
 */
export function loadScenario(nameOrFile: string): Scenario {
  return parseScenario(readTree(find(nameOrFile), DEPTH_MAX), nameOrFile);
}

/** @throws ScenarioError as loadScenario does; `source` is named in its message. */
export function parseScenario(tree: unknown, source: string): Scenario {
  const result = scenarioSchema.safeParse(tree, { reportInput: true });
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `  ${faultLine(issue)}`);
  throw new ScenarioError(`${source} cannot be played, ${faults.length} fault(s):\n${faults.join('\n')}`);
}

/** The scenarios that are shipped, by name. */
export const scenarioNames = (): string[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();

function find(nameOrFile: string): string {
  if (scenarioNames().includes(nameOrFile)) return join(import.meta.dirname, `${nameOrFile}.yaml`);
  if (existsSync(nameOrFile)) return resolve(nameOrFile);
  const names = scenarioNames();
  throw new ScenarioError(
    `There is no scenario and no file called ${JSON.stringify(nameOrFile)}. Nearest: ${nearestNames(nameOrFile, names, NAMED_COUNT).join(', ')}; ` +
      `sandbox/scenarios/README.md lists all ${names.length}. Or give the path of a YAML file.`,
  );
}

function readTree(file: string, depth: number): unknown {
  const tree = readYaml(file);
  if (typeof tree !== 'object' || tree === null || !('extends' in tree)) return tree;
  const { extends: base, ...changes } = tree;
  if (typeof base !== 'string' || depth === 0) {
    throw new ScenarioError(
      `${file}: extends: found ${JSON.stringify(base)}, allowed: the path of another YAML file, at most ${DEPTH_MAX} deep`,
    );
  }
  return extend(readTree(resolve(dirname(file), base), depth - 1), changes);
}

function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ScenarioError(`${file} ${unreadable(error)}`, { cause: error });
  }
  try {
    return parse(text);
  } catch (error) {
    throw new ScenarioError(`${file} is no YAML: ${words(error)}`, { cause: error });
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'is not there; it is named by --scenario or by `extends`';
  if (code === 'EISDIR') return 'is a folder; name a YAML file in it';
  return `cannot be read: ${words(error)}`;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One fault in one line. */
function faultLine(issue: z.core.$ZodIssue): string {
  const path = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  const where = path === '' ? 'the file' : path;
  if (issue.code === 'custom' && issue.message.startsWith('found ')) return `${where}: ${issue.message}`;
  if (issue.code === 'unrecognized_keys')
    return `${where}: found ${issue.keys.map((k) => JSON.stringify(k)).join(', ')}, allowed: no such key`;
  return `${where}: found ${found(faultyValue(issue))}, allowed: ${allowed(issue.message)}`;
}

/** What the parser would have taken, without the words around it. */
const allowed = (message: string): string =>
  message
    .replace(/^(Invalid input|Too small|Too big|Invalid option|Invalid discriminator value)[:.] /, '')
    .replace(/^[Ee]xpected /, '')
    .replace(/, received .*$/, '')
    .replace(/^one of /, '')
    .replaceAll('"', '');

/** Where a union is told apart by one field, that field is at fault. */
function faultyValue(issue: z.core.$ZodIssue): unknown {
  const key = issue.code === 'invalid_union' ? issue.path.at(-1) : undefined;
  const { input } = issue;
  return key !== undefined && typeof input === 'object' && input !== null && key in input ? Object(input)[key] : input;
}

const FOUND_LENGTH_MAX = 80;

function found(input: unknown): string {
  if (input === undefined) return 'nothing';
  const text = JSON.stringify(input) ?? String(input);
  return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text;
}
