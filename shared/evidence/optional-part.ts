import { PlatformFailure } from '../ports/platform-failure.ts';
import { redact } from './redact.ts';

/** One of several independent questions of an inspector. That one cannot be answered blinds none of the others. */
export type OptionalPart<T> =
  | { readonly status: 'seen'; readonly value: T }
  /** The project has not switched on the API that would answer: a fact, and no fault. */
  | { readonly status: 'not-enabled' }
  | { readonly status: 'unseen'; readonly why: string };

/** Asks one question. `abort` ends the whole inspector, and so does what is no answer of the platform's. */
export async function optionalPart<T>(ask: () => Promise<T>, abort: AbortSignal): Promise<OptionalPart<T>> {
  try {
    return { status: 'seen', value: await ask() };
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return error.code === 'not-enabled' ? { status: 'not-enabled' } : { status: 'unseen', why: redact(error.message) };
  }
}
