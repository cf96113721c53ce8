import { z } from 'zod';
import { policyFile } from './policy-file.ts';
import { actionId } from './values.ts';

/**
 * The JSON Schema of `runmedic.yaml`, from the parser itself, so that editors complete and check what the parser takes.
 * `actionIds` are offered where an action is named. Draft 7 is what YAML editors read best.
 */
export function policyJsonSchema(actionIds: readonly string[]): object {
  const schema = z.toJSONSchema(policyFile, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === actionId) jsonSchema.enum = [...actionIds];
    },
  });
  return {
    ...schema,
    title: 'runmedic.yaml',
    description: 'What runmedic watches, who may approve, and how far it may go. See docs/configuration.md.',
  };
}
