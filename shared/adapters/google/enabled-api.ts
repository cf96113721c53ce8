import { GoogleRefusal } from './google-refusal.ts';

/**
 * What is there, where an API may never have been enabled: then there is nothing of it, which is no failure. Google says so by the reason
 * SERVICE_DISABLED (google.rpc.ErrorInfo: cloud.google.com/apis/design/errors, read 2026-11-23), compute also by accessNotConfigured.
 */
export async function ofEnabledApi<T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GoogleRefusal && isNotEnabled(error)) return [];
    throw error;
  }
}

const REASONS: readonly string[] = ['SERVICE_DISABLED', 'accessNotConfigured'];

/** The status is then PERMISSION_DENIED, as for a missing right. */
export const isNotEnabled = ({ error }: GoogleRefusal): boolean => REASONS.includes(error.reason ?? '');
