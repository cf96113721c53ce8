import type { z } from 'zod';
import type { Cause } from './causes.ts';
import type { CodePatch } from './code.ts';
import type { Estate } from './estate.ts';

type Path = (string | number)[];

/** Every name that a scenario mentions must be one that its estate has. */
export function references(scenario: { estate: Estate; causes: Cause[] }, context: z.RefinementCtx): void {
  const { estate } = scenario;
  const services = estate.services.map((s) => s.name);
  const databases = estate.databases.map((d) => d.name);
  const connectors = estate.connectors.map((c) => c.name);
  const upstreams = estate.upstreams.map((u) => u.name);
  const check = (path: Path, found: string | undefined, known: string[]) => {
    if (found === undefined || known.includes(found)) return;
    context.addIssue({
      code: 'custom',
      path,
      message: `found ${JSON.stringify(found)}, allowed: ${known.join(', ') || 'none'}`,
      input: found,
    });
  };
  const checkCode = (path: Path, code: CodePatch | undefined) => {
    code?.request?.needs?.forEach((n, i) => {
      check([...path, 'request', 'needs', i], n, databases);
    });
    code?.start?.needs?.forEach((n, i) => {
      check([...path, 'start', 'needs', i], n, databases);
    });
    code?.request?.upstreams?.forEach((n, i) => {
      check([...path, 'request', 'upstreams', i], n, upstreams);
    });
    code?.request?.calls?.forEach((n, i) => {
      check([...path, 'request', 'calls', i], n, services);
    });
  };
  estate.services.forEach((service, i) => {
    const path: Path = ['estate', 'services', i];
    check([...path, 'vpcAccess', 'connector'], service.vpcAccess?.connector, connectors);
    checkCode([...path, 'code'], service.code);
    service.revisions.forEach((r, j) => {
      checkCode([...path, 'revisions', j, 'code'], r.code);
    });
    if (service.traffic === 'latest') return;
    const revisions = service.revisions.map((r) => r.name);
    service.traffic.forEach((t, j) => {
      check([...path, 'traffic', j, 'revision'], t.revision, revisions);
    });
  });
  estate.hosts.forEach((host, i) => {
    host.routes.forEach((r, j) => {
      check(['estate', 'hosts', i, 'routes', j, 'service'], r.service, services);
    });
  });
  scenario.causes.forEach((cause, i) => {
    const path: Path = ['causes', i];
    if ('service' in cause) check([...path, 'service'], cause.service, services);
    if ('connector' in cause) check([...path, 'connector'], cause.connector, connectors);
    if ('upstream' in cause) check([...path, 'upstream'], cause.upstream, upstreams);
    if ('database' in cause) check([...path, 'database'], cause.database, databases);
    if (cause.type === 'release') checkCode([...path, 'code'], cause.code);
  });
}
