import type { Request, Response } from '@google-cloud/functions-framework';
import type { App, Receiver } from '@slack/bolt';
import { z } from 'zod';
import { type SignatureFault, signatureFault } from './signature-fault.ts';

export interface ReceiverOptions {
  readonly signingSecret: string;
  /** Machine time, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Told of each request that Slack did not sign: somebody tries to click in Slack's name, or the secret is not the app's. */
  readonly onForged: (check: SignatureFault) => void;
  /** Told of what Slack signed and nobody can read: it may have begun to send something else. */
  readonly onUnreadable: () => void;
  /** Told of what a listener threw; the person sees that the click did not work and can click again. */
  readonly onFailed: (error: unknown) => void;
}

/** What an interaction has in every form. The signing secret is this app's alone: what it signs is meant for this app. */
const interaction = z
  .looseObject({
    type: z.string(),
    api_app_id: z.string(),
    user: z.looseObject({ id: z.string().min(1) }),
    actions: z.array(z.looseObject({ value: z.string().optional() })).optional(),
    view: z.looseObject({ state: z.looseObject({ values: z.looseObject({}) }).optional() }).optional(),
  })
  .refine(({ type, view }) => type !== 'view_submission' || view?.state !== undefined);
type Interaction = z.infer<typeof interaction>;

/**
 * Bolt's door into a Cloud Function. The stock receivers let through what this one does not: a timestamp from the future, an unsigned ssl_check;
 * refuse a content type with a charset; and answer an unknown action after three seconds. Answers once every listener has ended, as
 * the CPU may be gone after the answer (docs.cloud.google.com/run/docs/tips).
 */
export class FunctionReceiver implements Receiver {
  readonly #options: ReceiverOptions;
  #app: App | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** The function's own server listens. */
  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async handle(request: Request, response: Response): Promise<void> {
    const { signingSecret, nowMs, onForged, onUnreadable } = this.#options;
    if (request.method !== 'POST') return answer(response, 405);
    const rawBody = request.rawBody?.toString('utf8') ?? '';
    const fault = signatureFault({ headers: request.headers, rawBody }, { signingSecret, nowMs: nowMs() });
    if (fault !== undefined) {
      onForged(fault);
      return void response.status(401).type('text/plain').send(NOT_SIGNED);
    }
    const form = formOf(request, rawBody);
    if (form === undefined) return this.#other(rawBody, response);
    if (form.get('ssl_check') === '1') return answer(response, 200);
    const body = interaction.safeParse(json(form.get('payload') ?? ''));
    // A legacy attachment button has no type, a slash command no payload: neither is ours.
    if (!body.success && !form.has('payload')) return answer(response, 404);
    if (!body.success) {
      onUnreadable();
      return void response.status(400).type('text/plain').send(NOT_READABLE);
    }
    return this.#process(body.data, response);
  }

  /** The one request in JSON that we answer: Slack asks whether this address is ours. */
  #other(rawBody: string, response: Response): void {
    const asked = z.object({ type: z.literal('url_verification'), challenge: z.string() }).safeParse(json(rawBody));
    if (asked.success) response.status(200).json({ challenge: asked.data.challenge });
    else answer(response, 404);
  }

  async #process(body: Interaction, response: Response): Promise<void> {
    let acknowledgement: { readonly body: unknown } | undefined;
    try {
      await this.#app?.processEvent({
        body,
        ack: async (said: unknown) => {
          acknowledgement ??= { body: said };
        },
      });
    } catch (error) {
      this.#options.onFailed(error);
      return answer(response, 500);
    }
    // Nobody acknowledged it: no button or dialog of ours.
    if (acknowledgement === undefined) return answer(response, 404);
    if (acknowledgement.body === undefined || acknowledgement.body === '') return answer(response, 200);
    response.status(200).json(acknowledgement.body);
  }
}

/** Which check failed is in our log alone. */
const NOT_SIGNED =
  "This is Slack's door to runmedic: the request does not carry a signature that Slack made within the last five minutes.\n";

const NOT_READABLE =
  "The request is signed, and its payload is no interaction: it takes a JSON object with a type, an api_app_id and a user, as Slack's buttons and dialogs send it.\n";

const answer = (response: Response, status: number): void => void response.status(status).end();

/** The fields of a form, whatever parameters its content type has; undefined when it is none. */
function formOf({ headers }: Request, rawBody: string): URLSearchParams | undefined {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' ? new URLSearchParams(rawBody) : undefined;
}

/** undefined when the text is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller answers 400: whoever signed it sent nothing readable.
    return undefined;
  }
}
