import type { InvokersReader } from '../../ports/invokers.ts';
import type { ReadContext } from './read-context.ts';
import { fields, list, text } from './values.ts';

const MEMBERS_MAX = 100;

/** Cloud Run Admin v2: projects.locations.services.getIamPolicy. */
export const invokersReader = ({ rest, read }: ReadContext): InvokersReader => ({
  invokers: ({ service }, abort) =>
    read('run.services.getIamPolicy', service, abort, async () => {
      const policy = fields(await rest({ api: 'run', method: 'GET', path: `v2/${service}:getIamPolicy` }));
      const bindings = list(policy['bindings']).map(fields);
      const members = bindings
        .filter(({ role }) => text(role) === 'roles/run.invoker')
        .flatMap(({ members: given }) => list(given).map(String));
      return { members: members.slice(0, MEMBERS_MAX) };
    }),
});
