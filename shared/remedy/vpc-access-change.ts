import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Template, VpcAccess } from '../ports/cloud.ts';
import type { Change } from './action.ts';
import { baseOf, imagesOf, type Or, type Pinned } from './new-revision.ts';

/** The way that a service's packets take into a network. */
export interface Access {
  readonly vpcAccess: VpcAccess;
}

export const accessOf = ({ vpcAccess }: Template): Access => ({ vpcAccess });

/** A new revision of what serves, which takes another way; or why it would be the wrong change. */
export function vpcAccessChange(
  service: ServiceObservation,
  vpcAccess: VpcAccess,
): Or<{ readonly change: Change<Pinned<Access>> }> {
  const base = baseOf(service, 'what-serves');
  if (base.kind === 'refused') return base;
  const { name: target, etag, template } = service;
  const images = imagesOf(base.containers);
  return {
    kind: 'found',
    change: {
      target,
      etag,
      before: { ...accessOf(template), images },
      after: { vpcAccess, images },
    },
  };
}
