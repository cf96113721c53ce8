import { z } from 'zod';
import { policyFile } from './policy-file.ts';

/** The JSON Schema of `runmedic.yaml`, from the parser itself, so that editors complete and check what the parser takes. Draft 7 is what YAML editors read best. */
export function policyJsonSchema(): object {
  return {
    ...z.toJSONSchema(policyFile, { io: 'input', target: 'draft-7' }),
    title: 'runmedic.yaml',
    description: 'What runmedic watches, who may approve, and how far it may go. See docs/configuration.md.',
  };
}
