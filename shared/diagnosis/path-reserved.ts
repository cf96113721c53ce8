import { checksIn } from './at-the-door.ts';
import { type Conclusion, rule, standing } from './rule.ts';

/**
 * A check asks for a path that Cloud Run keeps for itself, and Google answers 404 in the service's place: the check is wrong, not the service.
 * Sees checks that Google turned away with 404 on a path that ends in z. Silent where the service itself answers.
 */
export const pathReserved = rule({
  layer: 'platform',
  title: 'Path reserved by Cloud Run',
  needs: [],
  considers: ['http', 'journey'],
  explains: [],
  diagnose: (seen, { subject }) => {
    const found = checksIn(seen).flatMap(({ name, url, verdict, turnedAwayBy, httpStatus, detail }): Conclusion[] => {
      if (verdict !== 'turned-away' || turnedAwayBy !== 'google' || httpStatus !== 404) return [];
      const { pathname } = new URL(url);
      // "we recommend avoiding all paths that end in z": cloud.google.com/run/docs/known-issues, read 2026-11-23.
      if (!pathname.endsWith('z')) return [];
      return [
        {
          kind: 'cause',
          target: `projects/${subject.project}/checks/${name}`,
          claim: `The check ${name} asks for ${pathname}, a path that Cloud Run may keep for itself: 404 came from Google, not from the service.`,
          confidence: 'likely',
          evidence: [{ text: `${url}: ${detail}.` }],
          expects: [],
          services: [],
          checks: [name],
        },
      ];
    });
    return standing(found, 'no check was answered 404 by Google on a path that ends in z');
  },
});
