import { signatureHeaders } from './sign.ts';

/** Slack gives an app 3 seconds of machine time. @see https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const ACKNOWLEDGE_WITHIN_MS = 3000;

export type Acknowledgement =
  /** The app answered 200; `body` is what it said, undefined where it said nothing. */
  { readonly kind: 'acknowledged'; readonly body: unknown } | { readonly kind: 'failed'; readonly detail: string };

/** Posts a payload as Slack does: a form with one field, signed, without a second try. */
export async function sendInteraction(options: {
  readonly url: string;
  readonly payload: unknown;
  readonly signingSecret: string;
  readonly machineNowMs: () => number;
}): Promise<Acknowledgement> {
  const body = new URLSearchParams({ payload: JSON.stringify(options.payload) }).toString();
  try {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        ...signatureHeaders(body, options.signingSecret, options.machineNowMs()),
      },
      body,
      signal: AbortSignal.timeout(ACKNOWLEDGE_WITHIN_MS),
    });
    const text = await response.text();
    if (response.status !== 200)
      return { kind: 'failed', detail: `the app answered with status code ${response.status}` };
    return { kind: 'acknowledged', body: parseBody(text, response.headers.get('content-type') ?? '') };
  } catch (error) {
    return { kind: 'failed', detail: describe(error) };
  }
}

function parseBody(text: string, contentType: string): unknown {
  if (text.trim() === '' || !contentType.includes('json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Slack treats an answer that is no JSON as an acknowledgement without words.
    return undefined;
  }
}

function describe(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'the app did not answer within 3 seconds';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return `the app could not be reached: ${cause}`;
}
