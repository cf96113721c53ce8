import type { Cause, CauseOf } from '../scenarios/causes.ts';
import { edgeCauses } from '../scenarios/causes-edge.ts';
import { networkCauses } from '../scenarios/causes-network.ts';
import { isOneOf } from '../scenarios/is-one-of.ts';
import { change } from './change-by-person.ts';
import { changedTemplate } from './change-settings.ts';
import { databaseBack, databaseDown, passwordChanged, passwordKnown, socketFails } from './database-causes.ts';
import { happenToService } from './deploy-causes.ts';
import { happenAtTheEdge } from './edge/happen.ts';
import { happenToNetwork, passFromNetwork } from './network-causes.ts';
import { note } from './note.ts';
import { schedule } from './operations.ts';
import {
  billingIsLifted,
  billingStops,
  incidentBegins,
  incidentEnds,
  quotaIsFree,
  quotaIsUsed,
} from './platform/happenings.ts';
import { learnCode } from './revisions.ts';
import { withSettings } from './settings.ts';
import type { WorldState } from './state.ts';
import { listAt } from './template.ts';

/** Puts what the scenario lets happen on the agenda. Surges and leaks last, so they are asked for every second instead: see effects.ts. */
export function scheduleCauses(state: WorldState): void {
  const at = (seconds: number, run: () => void) => {
    schedule(state, state.startMs + seconds * 1000, run);
  };
  for (const cause of state.scenario.causes) {
    at(cause.at, () => {
      happen(state, cause);
    });
    if ('until' in cause && cause.until !== undefined)
      at(cause.until, () => {
        pass(state, cause);
      });
  }
}

const isOfEdge = isOneOf(edgeCauses);
const isOfNetwork = isOneOf(networkCauses);

function happen(state: WorldState, cause: Cause): void {
  switch (cause.type) {
    case 'surge':
      note(
        state,
        'surge',
        cause.service ?? cause.connector ?? '',
        `traffic grows to ${cause.factor} times the ordinary`,
      );
      return;
    case 'leak':
      note(state, 'leak', cause.service, `every instance loses ${cause.mibPerMinute} MiB a minute`);
      return;
    case 'release':
      release(state, cause);
      return;
    case 'cap':
      cap(state, cause);
      return;
    case 'database-down':
      databaseDown(state, cause);
      return;
    case 'database-busy':
      note(state, 'database-busy', cause.database, `queries take ${cause.factor} times as long`);
      return;
    case 'database-connections':
      note(state, 'database-connections', cause.database, `${cause.count} connections more are held by others`);
      return;
    case 'redis-fills':
      note(state, 'redis-fills', cause.database, 'keys without an end pile up');
      return;
    case 'cloud-sql-socket-failing':
      socketFails(state, cause.database, cause.how);
      return;
    case 'database-password-changed':
      passwordChanged(state, cause);
      return;
    case 'connector-changed':
      connectorChanged(state, cause);
      return;
    case 'cloud-incident':
      incidentBegins(state, cause);
      return;
    case 'quota-used':
      quotaIsUsed(state, cause);
      return;
    case 'billing-disabled':
      billingStops(state, cause);
      return;
    case 'reconfigure':
    case 'secret-changed':
    case 'poison':
      happenToService(state, cause);
      return;
    case 'upstream-failing': {
      const upstream = state.upstreams.get(cause.upstream);
      if (upstream) upstream.trouble = cause;
      note(state, 'upstream-failing', cause.upstream, cause.how);
      return;
    }
    case 'settings-changed': {
      const service = state.services.get(cause.service);
      if (service)
        change(state, service, { template: changedTemplate(service.spec.template, cause) }, 'new-revision', cause.by);
      return;
    }
    case 'heavier-requests':
      note(state, 'heavier-requests', cause.service, 'requests ask more of its code');
      return;
    case 'health-checked':
      note(state, 'health-checked', cause.service, `${cause.perSecond} health checks a second more`);
      return;
    default:
      if (isOfNetwork(cause)) happenToNetwork(state, cause);
      else if (isOfEdge(cause)) happenAtTheEdge(state, cause);
  }
}

function pass(state: WorldState, cause: Cause): void {
  if (isOfNetwork(cause)) {
    passFromNetwork(state, cause);
    return;
  }
  if (cause.type === 'database-down') databaseBack(state, cause.database);
  if (cause.type === 'cloud-sql-socket-failing') socketFails(state, cause.database, 'works');
  if (cause.type === 'database-password-changed') passwordKnown(state, cause);
  if (cause.type === 'cloud-incident') incidentEnds(state, cause);
  if (cause.type === 'quota-used') quotaIsFree(state, cause);
  if (cause.type === 'billing-disabled') billingIsLifted(state, cause);
  const upstream = cause.type === 'upstream-failing' ? state.upstreams.get(cause.upstream) : undefined;
  if (upstream) upstream.trouble = undefined;
  note(state, `${cause.type}-over`, 'database' in cause ? cause.database : '', 'no longer');
}

function release(state: WorldState, cause: CauseOf<'release'>): void {
  const service = state.services.get(cause.service);
  if (!service) return;
  learnCode(service, cause.image, cause.code);
  if (cause.pull !== 'works') service.pulls.set(cause.image, cause.pull);
  const template = withSettings(structuredClone(service.spec.template), cause.settings ?? {});
  const [container, ...others] = listAt(template, 'containers');
  template['containers'] = [{ ...container, image: cause.image }, ...others];
  if (cause.revision === undefined) delete template['revision'];
  else template['revision'] = cause.revision;
  change(state, service, { template }, 'new-revision', cause.by);
}

function cap(state: WorldState, cause: CauseOf<'cap'>): void {
  const service = state.services.get(cause.service);
  if (service)
    change(
      state,
      service,
      { scaling: { ...service.spec.scaling, maxInstanceCount: cause.maxInstances } },
      'same-revision',
      cause.by,
    );
}

function connectorChanged(state: WorldState, cause: CauseOf<'connector-changed'>): void {
  const connector = state.connectors.get(cause.connector);
  if (!connector) return;
  connector.state = cause.state ?? connector.state;
  connector.machineType = cause.machineType ?? connector.machineType;
  connector.minInstances = cause.minInstances ?? connector.minInstances;
  connector.maxInstances = cause.maxInstances ?? connector.maxInstances;
  connector.instances = Math.min(connector.maxInstances, Math.max(connector.minInstances, connector.instances));
  note(
    state,
    'connector-changed',
    connector.name,
    `${connector.state}, ${connector.minInstances} to ${connector.maxInstances} instances`,
  );
}
