import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvidence, encodeEvidence } from '../../shared/adapters/documents/evidence-document.ts';
import type { EvidenceRecord } from '../../shared/evidence/evidence.ts';

const fileOf = (scenario: string): string => join(import.meta.dirname, 'evidence', `${scenario}.json`);

/** What the last recorded look at a scenario saw; undefined where none was recorded. */
export function keptEvidence(scenario: string): EvidenceRecord | undefined {
  const file = fileOf(scenario);
  return existsSync(file) ? decodeEvidence(file, readFileSync(file, 'utf8')) : undefined;
}

export function keepEvidence(scenario: string, record: EvidenceRecord): void {
  const file = fileOf(scenario);
  writeFileSync(file, `${encodeEvidence(file, record)}\n`);
}
