import { ApiError, errorInfo } from '../api-error.ts';

const READS_PER_MINUTE = 60; // entries.list, each project. Source: Cloud Logging quotas, read 2026-11-23.
const MINUTE_MS = 60_000;

/** Counts reads in world time. @throws ApiError RESOURCE_EXHAUSTED beyond 60 in the last minute. */
export function createReadQuota(): (nowMs: number, projectNumber: string) => void {
  let reads: number[] = [];
  return (nowMs, projectNumber) => {
    reads = reads.filter((at) => at > nowMs - MINUTE_MS);
    if (reads.length < READS_PER_MINUTE) {
      reads.push(nowMs);
      return;
    }
    const metadata = {
      consumer: `projects/${projectNumber}`,
      quota_limit: 'ReadRequestsPerMinutePerProject',
      quota_metric: 'logging.googleapis.com/read_requests',
    };
    const message = `Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of service 'logging.googleapis.com' for consumer 'project_number:${projectNumber}'.`;
    throw new ApiError(429, 'RESOURCE_EXHAUSTED', message, [
      errorInfo('RATE_LIMIT_EXCEEDED', 'googleapis.com', metadata),
    ]);
  };
}
