import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaText } from './schema-text.ts';

// Run after a change of scenario.ts: node sandbox/scenarios/write-schema.ts
writeFileSync(join(import.meta.dirname, 'scenario.schema.json'), schemaText());
