import { PlatformFailure } from '../ports/platform-failure.ts';
import { redact } from './redact.ts';

/** One of several independent answers of an inspector: what is out of reach does not take the others with it. */
export type Part<T> =
  | { readonly status: 'observed'; readonly value: T }
  | { readonly status: 'unavailable'; readonly detail: string };

/** An answer, or why there is none. Rejects for what is no answer of the platform's, and when `abort` ends all of them. */
export async function part<T>(answer: Promise<T>, abort: AbortSignal): Promise<Part<T>> {
  try {
    return { status: 'observed', value: await answer };
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return { status: 'unavailable', detail: redact(error.message) };
  }
}
