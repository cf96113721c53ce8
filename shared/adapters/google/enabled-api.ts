import { GoogleRefusal } from './google-refusal.ts';

/**
 * What is there, where an API may never have been enabled: then there is nothing of it, which is no failure. Google says so by the reason
 * SERVICE_DISABLED (google.rpc.ErrorInfo: cloud.google.com/apis/design/errors, read 2026-11-23), compute also by accessNotConfigured.
 */
export async function ofEnabledApi<T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GoogleRefusal && DISABLED.includes(error.error.reason ?? '')) return [];
    throw error;
  }
}

const DISABLED: readonly string[] = ['SERVICE_DISABLED', 'accessNotConfigured'];
