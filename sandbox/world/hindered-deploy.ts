import { imageForbiddenMessage, imageMissingMessage } from './log-texts.ts';
import { unusableSecret } from './secrets.ts';
import type { RevisionState, WorldState } from './state.ts';

/** Why a revision fails before any container of it starts; undefined where it may start. */
export function hinderedDeploy(
  state: WorldState,
  { image, service, template }: RevisionState,
): { readonly message: string; readonly reason: string } | undefined {
  const pull = state.services.get(service)?.pulls.get(image);
  if (pull === 'not-found') return { message: imageMissingMessage(image), reason: 'CONTAINER_MISSING' };
  if (pull === 'forbidden')
    return {
      message: imageForbiddenMessage(image, state.scenario.estate.projectNumber),
      reason: 'CONTAINER_PERMISSION_DENIED',
    };
  const secret = unusableSecret(state, template);
  if (secret === undefined) return undefined;
  return {
    message: `spec.template.spec.containers[0].env[${secret.index}].value_from.secret_key_ref.name: ${secret.why}`,
    reason: 'SECRETS_ACCESS_CHECK_FAILED',
  };
}
