import type { Cause } from '../diagnosis/rule.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Environment } from '../policy/policy.ts';
import { parseName } from '../ports/resource-name.ts';
import { logsOf } from './about-database.ts';
import type { Instructions } from './by-hand.ts';
import { shellWord } from './shell-word.ts';

/** Something outside fails: nothing of ours mends it, and how our own services bear it is in their hands. */
export function calledLess(
  { target, claim, services: harmed }: Cause,
  services: readonly ServiceObservation[],
  { project }: Pick<Environment, 'project'>,
): Instructions {
  const host = target.startsWith('https://') ? target.slice('https://'.length) : undefined;
  const what = host ?? 'what it waits for';
  const callers = services.filter(({ shortName }) => harmed.includes(shortName));
  const names = harmed.join(', ') || 'its callers';
  const asked =
    host === undefined
      ? []
      : [
          `curl -sS -o /dev/null -w "%{http_code} %{time_total} s\\n" ${shellWord(`https://${host}/`, 'https://HOST/')}`,
        ];
  const isTooMuch = /\b429\b/.test(claim);
  const commands = callers.map(({ name, shortName }) => {
    const at = parseName(name);
    return `gcloud run services update ${shortName} --project=${at.project} --region=${at.region} --update-env-vars=SETTING_THAT_GOES_WITHOUT_IT=VALUE`;
  });
  const undone = commands.map((line) =>
    line.replace(
      '--update-env-vars=SETTING_THAT_GOES_WITHOUT_IT=VALUE',
      '--remove-env-vars=SETTING_THAT_GOES_WITHOUT_IT',
    ),
  );
  return {
    summary: {
      title: isTooMuch ? `Ask ${what} for less` : `Go without ${what}`,
      before: isTooMuch ? `${names} asks for more than it is allowed` : `${names} waits for it, and fails with it`,
      after: isTooMuch ? 'fewer calls, or a higher limit with them' : 'a short timeout, and an answer without it',
    },
    risk: 'medium',
    check: {
      words: isTooMuch
        ? `See what asks for so much, and what ${what} allows: an API key of one’s own or a paid plan may be all it takes.`
        : `Look at the status page of ${what}, and tell those who run it. From another network it may answer.`,
      commands: [
        ...asked,
        ...(callers.length === 0
          ? [logsOf('SERVICE', project)]
          : callers.map(({ name, shortName }) => logsOf(shortName, parseName(name).project))),
      ].join('\n'),
    },
    make: {
      words: isTooMuch
        ? 'Where the application has a switch for fewer calls (a cache, a slower job, another key), this sets it in a new revision; else deploy one that has.'
        : 'Where the application has a switch to go without it (a feature flag, a shorter timeout), this sets it in a new revision; else it is waited for, or a fix deployed.',
      commands:
        commands.join('\n') ||
        'gcloud run services update SERVICE --region=REGION --update-env-vars=SETTING_THAT_GOES_WITHOUT_IT=VALUE',
    },
    undo: {
      words: 'When it answers again, this takes the switch back:',
      commands:
        undone.join('\n') ||
        'gcloud run services update SERVICE --region=REGION --remove-env-vars=SETTING_THAT_GOES_WITHOUT_IT',
    },
    expectedEffect: `users are served without ${what}, as far as the application can`,
    expectedSeconds: 180,
    whatCouldGoWrong:
      'Every instance is replaced by one of a new revision. More instances, or a restart, help nothing: they wait for the same.',
  };
}
