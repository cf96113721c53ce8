import { z } from 'zod';
import type { Subject } from '../../signal/subject.ts';

export const subjectSchema: z.ZodType<Subject> = z.looseObject({
  environment: z.string(),
  project: z.string(),
  region: z.string(),
  services: z.array(z.string()),
});
