import { z } from 'zod';
import { logFilter } from './alerting.ts';

/**
 * How the project keeps its logs. What an exclusion names is never stored, and metrics made from logs count it all the same.
 * Source: Cloud Logging, exclusion filters and log-based metrics, read 2026-11-23.
 */
export const logging = z
  .strictObject({ exclusions: z.array(logFilter.describe('Logging’s filter language.')).default([]) })
  .prefault({});
