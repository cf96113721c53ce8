/** HTTP calls to Google's APIs, retries and pages included. */
export interface CallCount {
  readonly total: number;
  /** Of them, reads of Cloud Logging: a project has 60 of those a minute for everybody (facts, 2026-11-23). */
  readonly logReads: number;
}

/** Counts what a piece of work asks of Google, whatever else runs beside it. */
export interface CallMeter {
  counted<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly calls: CallCount }>;
}
