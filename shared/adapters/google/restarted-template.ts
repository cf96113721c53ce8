import { PlatformFailure } from '../../ports/platform-failure.ts';
import { servingFirst } from './map-container.ts';
import { RESTARTED_AT } from './map-template.ts';
import { type Fields, fields, list } from './values.ts';

/**
 * A template as the API gave it, changed only so that it makes a new revision of the same: marked, the image of every container pinned, and no
 * revision name, since the old one sent back is refused as taken (facts, 2026-11-23). Pure.
 * @param images one for each container, the one that takes requests first.
 * @throws PlatformFailure 'failed-precondition' for other containers than there are images: one would go out unpinned.
 */
export function restartedTemplate(
  template: Fields,
  { mark, images }: { readonly mark: string; readonly images: readonly string[] },
): Fields {
  const { revision: _, ...kept } = template;
  const containers = list(template['containers']).map(fields);
  if (containers.length !== images.length)
    throw new PlatformFailure(
      'failed-precondition',
      `a template of ${containers.length} containers and ${images.length} pinned images: nothing was sent`,
    );
  const order = servingFirst(containers);
  return {
    ...kept,
    annotations: { ...fields(template['annotations']), [RESTARTED_AT]: mark },
    containers: containers.map((container) => ({ ...container, image: images[order.indexOf(container)] })),
  };
}
