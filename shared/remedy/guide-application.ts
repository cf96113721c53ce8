import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { lastOf, parseName } from '../ports/resource-name.ts';
import { logsOf } from './about-database.ts';
import type { Instructions } from './by-hand.ts';

/** What is wrong in the code, by the rule that found it: what it is after the fix, and where to look. */
const FIXES: Readonly<
  Record<string, { readonly title: string; readonly before: string; readonly after: string; readonly look: string }>
> = {
  'crash-after-ready': {
    title: 'Deploy a fix',
    before: 'containers end or hang after they were ready',
    after: 'an image that does not',
    look: 'See what they print last, and which requests or jobs come before it. Where one input brings it about, keep that out meanwhile.',
  },
  'connection-pool-exhausted': {
    title: 'Give back connections, or have more of them',
    before: 'requests wait in vain for a connection of the pool',
    after: 'a pool that is large enough, or connections that are given back',
    look: 'See what holds connections: a transaction over a slow call, or one that is never given back. The pool may be raised as far as the database has room for all instances together.',
  },
  'startup-slower-than-probe': {
    title: 'Start faster',
    before: 'it listens later than Cloud Run waits, at most 240 s',
    after: 'it listens first, and loads what is large after that or from its image',
    look: 'See how far a start comes before it is ended: a large model, migrations, or something that it waits for.',
  },
  'health-endpoint-overloading': {
    title: 'Make the health endpoint cheap',
    before: 'health checks ask more of it than its users do',
    after: 'an answer that asks nothing of a database, or a monitor that asks less often',
    look: 'See who asks, and how often: whoever runs that monitor can have it ask less within minutes, which no deploy is needed for.',
  },
  'websocket-cut-by-timeout': {
    title: 'Have clients connect again',
    before: 'connections end at the request timeout, which Cloud Run allows no more of than 60 min',
    after: 'clients that connect again by themselves, after a wait of random length',
    look: 'See whether users notice: clients that connect again at once, all together, are what hurts.',
  },
};

const UNKNOWN = {
  title: 'Deploy a fix',
  before: 'it fails by itself',
  after: 'an image that does not',
  look: 'See what it says of itself.',
};

/** No setting mends it: a fixed image does. */
export function fixDeployed(rule: string, { name, shortName, serving }: ServiceObservation): Instructions {
  const { project, region } = parseName(name);
  const fix = FIXES[rule] ?? UNKNOWN;
  const [revision] = serving.toSorted((a, b) => b.percent - a.percent);
  const at = `${shortName} --project=${project} --region=${region}`;
  return {
    summary: { title: `${fix.title}: ${shortName}`, before: fix.before, after: fix.after },
    risk: 'medium',
    check: { words: fix.look, commands: logsOf(shortName, project) },
    make: {
      words:
        'This puts the fixed image out without traffic, and sends it one tenth of the requests. Look at it, and send it the rest (--to-latest).',
      commands: `gcloud run deploy ${at} --image=IMAGE_WITH_THE_FIX --no-traffic\ngcloud run services update-traffic ${at} --to-revisions=LATEST=10`,
    },
    undo: {
      words: 'This sends all requests to the revision of now:',
      commands: `gcloud run services update-traffic ${at} --to-revisions=${revision?.revision ?? 'REVISION'}=100`,
    },
    expectedEffect: 'what the fix is for no longer happens',
    expectedSeconds: 180,
    whatCouldGoWrong:
      'A fix in a hurry may break more: one tenth of the users meet it first. New deploys take no traffic while a revision is named (--to-latest ends that).',
  };
}

/** A path that Google answers in the service's place is asked for elsewhere. */
export function checkMoved(target: string, environment: string): Instructions {
  const check = lastOf(target);
  return {
    summary: {
      title: `Have check ${check} ask for another path`,
      before: 'a path that ends in z, which Cloud Run keeps for itself',
      after: 'a path of the service that does not, such as /health',
    },
    risk: 'low',
    check: {
      words: 'See which path the service itself serves its health on; users are not touched by this.',
      commands: 'curl -i https://HOST/health',
    },
    make: {
      words: `Change the url of ${check} in environments.${environment}.checks of runmedic.yaml, and in whatever else asks for it; then see that the file is well.`,
      commands: 'npm run config -- --check runmedic.yaml',
    },
    undo: { words: 'The file is as it was by its own history.' },
    expectedEffect: 'the check passes from the next deployment of the configuration on',
    expectedSeconds: 60,
    whatCouldGoWrong: 'A path that always answers says nothing about whether users are served.',
  };
}
