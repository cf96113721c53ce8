import type { Result } from '../../slack/after-submission.ts';
import type { Click, Submission } from '../../slack/people.ts';
import type { SlackOnPage } from '../page-state.ts';

/** What a message or dialog needs: the workspace, who looks at it, and what they can do. */
export interface Desk {
  readonly slack: SlackOnPage;
  /** Slack id of the person that was picked. */
  readonly me: string;
  /** Tells of something that went wrong, as Slack's own notes do. */
  readonly tell: (words: string) => void;
}

export type { Result };

export const click = (given: Click): Promise<Result> => post('click', given);
export const submit = (given: Submission): Promise<Result> => post('submit', given);
export const close = (given: { readonly user: string; readonly view: string }): Promise<Result> => post('close', given);

async function post(path: string, body: unknown): Promise<Result> {
  try {
    const response = await fetch(`/page/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { kind: 'failed', detail: 'the sandbox does not answer; is it still running?' };
  }
}

/** What Slack shows beside a click that came to nothing. */
export function complaint(result: Result, app: string): string | undefined {
  return result.kind === 'failed' ? `${app} did not take this: ${result.detail}.` : undefined;
}
