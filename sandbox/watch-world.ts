import type { EventLog } from './event-log.ts';
import type { CallLog } from './google/call-log.ts';
import { standingOf } from './world/snapshot.ts';
import type { ServiceState } from './world/state.ts';
import type { AlertNotification, World } from './world/world.ts';

/** Writes down what happened in the world and who changed it, and hands notifications on. */
export interface WorldWatch {
  /** Called after each simulated second. */
  look(): void;
  hasOpenAlert(): boolean;
}

export function watchWorld(options: {
  readonly world: World;
  readonly calls: CallLog;
  readonly log: EventLog;
  readonly publish: (notification: AlertNotification) => void;
}): WorldWatch {
  const { world, calls, log } = options;
  const openAlerts = new Set<string>();
  const standings = new Map<string, string>();
  let seenCall = 0;

  function logWrites(): void {
    for (const { sequence, identity, method, path, status } of calls.since(seenCall)) {
      seenCall = sequence;
      const isRead = method === 'GET' || path.includes('entries:list');
      if (!isRead) log.append({ source: 'google', type: 'write', identity, method, path, status });
    }
  }

  function logStandings(): void {
    for (const service of world.state.services.values()) {
      const standing = standingOf(service);
      if (standing === (standings.get(service.name) ?? 'serving')) continue;
      standings.set(service.name, standing);
      log.append({ source: 'world', type: `service-${standing}`, subject: service.name, message: failing(service) });
    }
  }

  return {
    look() {
      for (const { type, subject, message } of world.drainEvents())
        log.append({ source: 'world', type, subject, message });
      for (const notification of world.drainNotifications()) {
        const { incident_id: id, state } = notification.incident;
        if (state === 'open') openAlerts.add(id);
        else openAlerts.delete(id);
        options.publish(notification);
      }
      logStandings();
      logWrites();
    },
    hasOpenAlert: () => openAlerts.size > 0,
  };
}

const failing = ({ errorRatio }: ServiceState): string => `${Math.round(errorRatio * 100)} % of its requests fail`;
