import { z } from 'zod';
import { scenarioSchema } from './scenario.ts';

const EXTENDS = {
  type: 'string',
  description:
    'Path of another YAML file, relative to this one, that this file changes: objects merge, lists of things with a name or an id merge by it.',
};

/** The JSON Schema of a scenario file, for editors. A file that extends another need not be complete, so nothing at the top is required. */
export function schemaText(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12' });
  const { required: _required, properties, ...rest } = schema;
  const loose = { ...rest, properties: { extends: EXTENDS, ...withoutRequired(properties) } };
  return `${JSON.stringify(loose, null, 2)}\n`;
}

type Properties = z.core.JSONSchema.BaseSchema['properties'];

/** Estate and alerting too may be stated in part, where another file is extended: of what they list, only the name or the id is needed. */
function withoutRequired(properties: Properties): Properties {
  const { estate, alerting } = properties ?? {};
  const loose = (part: unknown) => JSON.parse(JSON.stringify(part), onlyName);
  return { ...properties, estate: loose(estate), alerting: loose(alerting) };
}

function onlyName(this: unknown, key: string, value: unknown): unknown {
  if (key !== 'required' || !Array.isArray(value)) return value;
  return value.filter((field) => field === 'name' || field === 'id');
}
