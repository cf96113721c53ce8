import { pastIncident } from '../incident/past-incident.ts';
import type { Store } from '../incident/store.ts';
import type { History } from '../ports/history.ts';

/** Each is a whole document: enough for a month of an estate that has trouble every other day in several environments, and read in some 10 ms. */
const RECENT_MAX = 100;

/** What the store remembers. */
export const pastIncidents = (store: Pick<Store, 'recent'>): History => ({
  ended: async ({ environment, since }) => {
    const recent = await store.recent(RECENT_MAX);
    return recent.flatMap((incident) => {
      const past = incident.subject.environment === environment ? pastIncident(incident) : undefined;
      return past === undefined || past.closedAt < since ? [] : [past];
    });
  },
});
