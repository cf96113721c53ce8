import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { policyJsonSchema } from '../../shared/policy/json-schema.ts';
import { actionNames } from '../../shared/remedy/actions.ts';

const ROOT = `${import.meta.dirname}/../..`;
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8');

describe('runmedic.schema.json', () => {
  const committed: unknown = JSON.parse(read('runmedic.schema.json'));
  const validate = new Ajv({ allErrors: true }).compile(policyJsonSchema(actionNames));
  const accepts = (text: string): boolean => validate(parse(text)) === true;

  it('is what the parser says (when this fails: npm run config -- --schema runmedic.schema.json)', () => {
    expect(committed).toEqual(policyJsonSchema(actionNames));
  });

  it.each(['runmedic.example.yaml', 'examples/acme-staging.yaml'])('takes %s', (file) => {
    expect(accepts(read(file))).toBe(true);
  });

  it('takes actions that exist', () => {
    const some = 'bounds: { actions: [scale-connector] }\napprovers: { byAction: { shift-traffic: {} } }';
    expect(accepts(`${some}\nenvironments: { staging: { project: acme-staging, region: us-central1 } }`)).toBe(true);
  });

  it.each([
    ['an unknown key', 'colour: red'],
    ['a zone for a region', 'environments: { staging: { project: acme-staging, region: us-central1-a } }'],
    ['an environment in capitals', 'environments: { Staging: { project: acme-staging, region: us-central1 } }'],
    [
      'a check of another kind',
      'environments: { staging: { project: acme-staging, region: us-central1, checks: [{ kind: tcp }] } }',
    ],
    [
      'a duration in words',
      'environments: { staging: { project: acme-staging, region: us-central1, verification: { every: soon } } }',
    ],
  ])('refuses %s', (_, text) => {
    expect(accepts(text)).toBe(false);
  });

  it('explains or gives a default for every key that is not plain from its name', () => {
    const plain = new Set([
      'kind',
      'name',
      'url',
      'steps',
      'project',
      'region',
      'auth',
      'slack',
      'approvers',
      'bounds',
      'verification',
      'escalation',
    ]);
    expect(
      keysOf(policyJsonSchema(actionNames)).filter(
        ({ key, schema }) => !plain.has(key) && !('description' in schema) && !('default' in schema),
      ),
    ).toEqual([]);
  });

  it('has no key that docs/configuration.md leaves out', () => {
    const documentation = read('docs/configuration.md');
    const missing = keysOf(policyJsonSchema(actionNames)).filter(({ key }) => !documentation.includes(`\`${key}\``));
    expect([...new Set(missing.map(({ key }) => key))]).toEqual([]);
  });
});

/** Every property in a JSON Schema, however deep. */
function keysOf(schema: unknown): readonly { key: string; schema: object }[] {
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  if (typeof schema !== 'object' || schema === null) return [];
  const own =
    'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null
      ? Object.entries(schema.properties)
      : [];
  return [...own.map(([key, value]) => ({ key, schema: value as object })), ...Object.values(schema).flatMap(keysOf)];
}
