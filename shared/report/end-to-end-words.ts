import type { EndToEndTests, TestResult } from '../incident/end-to-end.ts';
import type { TestRun } from '../incident/test-runs.ts';
import { unreachable } from '../incident/unreachable.ts';
import { foreign, link } from './mrkdwn.ts';

const DETAIL_MAX = 300;

/** The success criterion that comes last, as a line among the checks. */
export function endToEndLine(tests: EndToEndTests): string {
  switch (tests.status) {
    case 'starting':
      return `… *${NAME}*: being started`;
    case 'running':
      return `… *${NAME}*: ${runLink('running', tests.run)}`;
    case 'ended':
      return `${MARKS[tests.result.kind]} *${NAME}*: ${resultWords(tests.result, tests.run)}`;
    default:
      return unreachable(tests);
  }
}

const NAME = 'End-to-end tests';
const MARKS: Readonly<Record<TestResult['kind'], string>> = {
  passed: '✓',
  failed: '✗',
  'timed-out': '?',
  'not-started': '?',
  unread: '?',
};

/** How they ended, with the run where there is one. */
export function resultWords(result: TestResult, run: TestRun | undefined): string {
  switch (result.kind) {
    case 'passed':
      return runLink('passed', run);
    case 'failed':
      return `${runLink('failed', run)} (${foreign(result.detail, DETAIL_MAX)})`;
    case 'timed-out':
      return `${runLink('not ended in time', run)}; they are not followed any more`;
    case 'not-started':
      return `could not be started: ${foreign(result.detail, DETAIL_MAX)}`;
    case 'unread':
      return `${runLink('started', run)}, and how they ended cannot be read: ${foreign(result.detail, DETAIL_MAX)}`;
    default:
      return unreachable(result);
  }
}

export const runLink = (words: string, run: TestRun | undefined): string => link(words, run?.url, DETAIL_MAX);

/** For whoever is called because they failed. */
export const AFTER_FAILED_TESTS =
  'Users were seen to be served again, so runmedic undoes nothing and changes nothing more: see what the tests found, and whether it belongs to this incident.';
