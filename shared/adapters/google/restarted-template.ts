import { hasPort } from './map-container.ts';
import { RESTARTED_AT } from './map-template.ts';
import { type Fields, fields, list } from './values.ts';

/**
 * A template as the API gave it, changed only so that it makes a new revision of the same: marked, the image of the container
 * that takes requests pinned, and no revision name, since the old one sent back is refused as taken (facts, 2026-11-23). Pure.
 */
export function restartedTemplate(
  template: Fields,
  { mark, image }: { readonly mark: string; readonly image: string },
): Fields {
  const { revision: _, ...kept } = template;
  const containers = list(template['containers']).map(fields);
  const serving = Math.max(0, containers.findIndex(hasPort));
  return {
    ...kept,
    annotations: { ...fields(template['annotations']), [RESTARTED_AT]: mark },
    containers: containers.map((container, index) => (index === serving ? { ...container, image } : container)),
  };
}
