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
  const hosts = estate.hosts.map((h) => h.name);
  const vmBackends = estate.edge.vmBackends.map((b) => b.name);
  const externals = estate.externals.map((e) => e.name);
  const networks = networkNames(estate);
  const secrets = estate.secrets.map((s) => s.name);
  const quotas = estate.platform.quotas.map((q) => q.name);
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
    code?.request?.reaches?.forEach((n, i) => {
      check([...path, 'request', 'reaches', i], n, externals);
    });
    check([...path, 'start', 'quota'], code?.start?.quota, quotas);
    code?.request?.calls?.forEach((n, i) => {
      check([...path, 'request', 'calls', i], n, services);
    });
  };
  estate.services.forEach((service, i) => {
    const path: Path = ['estate', 'services', i];
    check([...path, 'vpcAccess', 'connector'], service.vpcAccess?.connector, connectors);
    service.cloudSql.forEach((name, j) => {
      check([...path, 'cloudSql', j], name, databases);
    });
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
  estate.edge.vmBackends.forEach((backend, i) => {
    check(['estate', 'edge', 'vmBackends', i, 'host'], backend.host, hosts);
  });
  estate.allowListed.forEach((n, i) => {
    check(['estate', 'allowListed', i], n, [...databases, ...externals]);
  });
  scenario.causes.forEach((cause, i) => {
    const path: Path = ['causes', i];
    if ('service' in cause) check([...path, 'service'], cause.service, services);
    if ('connector' in cause) check([...path, 'connector'], cause.connector, connectors);
    if ('secret' in cause) check([...path, 'secret'], cause.secret, secrets);
    if ('upstream' in cause) check([...path, 'upstream'], cause.upstream, upstreams);
    if ('database' in cause) check([...path, 'database'], cause.database, databases);
    if ('host' in cause) check([...path, 'host'], cause.host, hosts);
    if ('backend' in cause) check([...path, 'backend'], cause.backend, vmBackends);
    if ('network' in cause) check([...path, 'network'], cause.network, networks);
    if ('quota' in cause) check([...path, 'quota'], cause.quota, quotas);
    if (cause.type === 'release') checkCode([...path, 'code'], cause.code);
  });
}

/** Networks that are stated, and those that connectors and services name. */
const networkNames = ({ networks, connectors, services }: Estate): string[] => [
  ...networks.map(({ name }) => name),
  ...connectors.map(({ network }) => network),
  ...services.flatMap(({ vpcAccess }) => vpcAccess?.network ?? []),
];
