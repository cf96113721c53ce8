import { type FailureCode, PlatformFailure } from '../../ports/platform-failure.ts';
import { isNotEnabled } from './enabled-api.ts';
import { failureCode } from './failure-code.ts';
import { GoogleRefusal } from './google-refusal.ts';

/** What was tried, for the message. */
export interface Tried {
  /** The method, as its permission is named: `run.services.get`. */
  readonly method: string;
  readonly resource: string;
  readonly attempts: number;
}

/** Puts whatever a call threw into the one error that callers know. */
export function failureOf(error: unknown, tried: Tried): PlatformFailure {
  const causes = causesOf(error);
  const known = causes.find((cause) => cause instanceof PlatformFailure);
  if (known !== undefined) return known;
  const refusal = causes.find((cause) => cause instanceof GoogleRefusal);
  if (refusal !== undefined) return refused(refusal, tried, error);
  const systemCode = causes.map(systemCodeOf).find((code) => code !== undefined);
  if (systemCode !== undefined) {
    return failure(codeOfSystem(systemCode), tried, `no answer (${systemCode})`, error);
  }
  return failure('unknown', tried, error instanceof Error ? error.message : String(error), error);
}

/** The call was ended from here: by its own deadline, or by whoever asked. */
export function endedFailure(tried: Tried, why: string, cause: unknown): PlatformFailure {
  return failure('timed-out', tried, why, cause);
}

function refused(refusal: GoogleRefusal, tried: Tried, cause: unknown): PlatformFailure {
  const { httpStatus, error, retryAfterSeconds } = refusal;
  const code = isNotEnabled(refusal) ? 'not-enabled' : failureCode(httpStatus, error.status);
  const status = error.status === undefined ? `${httpStatus}` : `${httpStatus} ${error.status}`;
  const missing =
    code === 'permission-denied' && error.permission !== undefined && !error.message.includes(error.permission)
      ? ` (needs ${error.permission})`
      : '';
  return failure(code, tried, `${status}: ${error.message}${missing}`, cause, retryAfterSeconds);
}

function failure(
  code: FailureCode,
  { method, resource, attempts }: Tried,
  cameBack: string,
  cause: unknown,
  retryAfterSeconds?: number,
): PlatformFailure {
  const times = attempts > 1 ? ` (tried ${attempts} times)` : '';
  return new PlatformFailure(code, `${method} on ${resource}: ${cameBack}${times}`, {
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Google's clients wrap what the transport threw, at most this deep. */
const CAUSES_MAX = 6;

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at = error; at instanceof Error && causes.length < CAUSES_MAX; at = at.cause) causes.push(at);
  return causes;
}

/** `ECONNREFUSED` and its like: Node's name for why there was no answer. */
function systemCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? code : undefined;
}

const codeOfSystem = (systemCode: string): FailureCode => (systemCode === 'ETIMEDOUT' ? 'timed-out' : 'unavailable');
