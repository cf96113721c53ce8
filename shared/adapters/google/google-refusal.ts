import { type Fields, fields, list, text } from './values.ts';

/** What Google said instead of doing what was asked, as google.rpc.Status puts it into JSON. */
export interface GoogleError {
  /** `PERMISSION_DENIED`; undefined where the answer is not Google's JSON. */
  readonly status: string | undefined;
  readonly message: string;
  /** From ErrorInfo, where Google names it. */
  readonly permission: string | undefined;
  /** `SERVICE_DISABLED`; of compute's older form, the first error's. */
  readonly reason: string | undefined;
  /** From RetryInfo. */
  readonly retryAfterSeconds: number | undefined;
}

/** An HTTP answer that is not 2xx. Stays inside this folder: callers see a PlatformFailure. */
export class GoogleRefusal extends Error {
  override readonly name = 'GoogleRefusal';
  readonly httpStatus: number;
  readonly error: GoogleError;
  readonly retryAfterSeconds: number | undefined;

  constructor(httpStatus: number, retryAfter: string | null, body: string) {
    const error = readError(body);
    super(error.message);
    this.httpStatus = httpStatus;
    this.error = error;
    this.retryAfterSeconds = secondsOf(retryAfter) ?? error.retryAfterSeconds;
  }
}

/** Long enough for Google's own sentences, short enough for a log line and a card. */
const MESSAGE_CHARS_MAX = 600;
/** A proxy's error page: enough to see who answered. */
const PAGE_CHARS_MAX = 200;

function readError(body: string): GoogleError {
  const error = fields(fields(parsed(body))['error']);
  const details = list(error['details']).map(fields);
  const info = fields(details.find((detail) => isType(detail, 'google.rpc.ErrorInfo')));
  const metadata = fields(info['metadata']);
  const delay = details.find((detail) => isType(detail, 'google.rpc.RetryInfo'))?.['retryDelay'];
  return {
    status: text(error['status']),
    message: (text(error['message']) ?? body.trim().slice(0, PAGE_CHARS_MAX)).slice(0, MESSAGE_CHARS_MAX),
    permission: text(metadata['permission']),
    reason: text(info['reason']) ?? text(fields(list(error['errors'])[0])['reason']),
    retryAfterSeconds: typeof delay === 'string' ? secondsOf(delay.replace(/s$/, '')) : undefined,
  };
}

/** Of the header's two forms Google sends seconds; a date is ignored. */
function secondsOf(delay: string | null): number | undefined {
  const seconds = delay === null || delay.trim() === '' ? Number.NaN : Number(delay);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

const isType = (detail: Fields, type: string): boolean => detail['@type'] === `type.googleapis.com/${type}`;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not Google's JSON, a proxy's page perhaps: the message then quotes it.
    return undefined;
  }
}
