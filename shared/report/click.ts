import { z } from 'zod';

/** The ids of our own buttons and modal; anything else that reaches the front door is not ours. */
export const APPROVE_ACTION = 'approve-plan';
export const REJECT_ACTION = 'reject-plan';
export const CHECK_ACTION = 'check-again';
export const REJECT_CALLBACK = 'reject-reason';
export const REASON_BLOCK = 'reason';
export const REASON_ACTION = 'reason-text';

/** Long enough that two plans of one incident never share it, short enough to say that it is no secret and no key to anything. */
const DIGEST_PREFIX_LENGTH = 16;

const incidentId = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/);

/** undefined: no incident's id, and so no value that we gave to a button. */
export const parseIncidentId = (value: string | undefined): string | undefined => incidentId.safeParse(value).data;

/** Which plan of which incident somebody looked at. Ids only: what they mean is read from the store. */
const reference = z.object({
  incident: incidentId,
  digest: z.string().regex(new RegExp(`^[0-9a-f]{${DIGEST_PREFIX_LENGTH}}$`)),
});
export type PlanReference = Readonly<z.infer<typeof reference>>;

export const digestPrefix = (digest: string): string => digest.slice(0, DIGEST_PREFIX_LENGTH);

/** A button's value. */
export const referenceText = ({ incident, digest }: PlanReference): string => `${incident}/${digestPrefix(digest)}`;

/** undefined: no value that we gave to a button. */
export function parseReference(value: string | undefined): PlanReference | undefined {
  const [incident, digest, ...rest] = (value ?? '').split('/');
  const parsed = reference.safeParse({ incident, digest });
  return parsed.success && rest.length === 0 ? parsed.data : undefined;
}

const modalReference = z.object({ ...reference.shape, channel: z.string().min(1) });
/** What the dialog carries from its opening to its submission, which Slack tells no channel of. */
export type ModalReference = Readonly<z.infer<typeof modalReference>>;

export const modalText = ({ incident, digest, channel }: ModalReference): string =>
  JSON.stringify({ incident, digest: digestPrefix(digest), channel });

/** undefined: not metadata that we gave to a dialog. */
export function parseModalText(text: string): ModalReference | undefined {
  try {
    return modalReference.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON: the view is somebody else's.
    return undefined;
  }
}

const who = { ...reference.shape, user: z.string().min(1), channel: z.string().min(1) };

/** What somebody did, as the front door vouches for it (Slack's signature, our workspace, our button) and no further: not that they may. */
const click = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('approve'), ...who }),
  /** `view` is undefined when the dialog could not be opened; `unopened` says why. */
  z.object({
    kind: z.literal('reject-opened'),
    ...who,
    view: z.string().min(1).optional(),
    unopened: z.enum(['too-late', 'refused']).optional(),
  }),
  z.object({ kind: z.literal('reject-submitted'), ...who, reason: z.string().min(1) }),
  /** About no plan, but the incident as such. */
  z.object({ kind: z.literal('check-again'), incident: incidentId, user: who.user, channel: who.channel }),
]);
export type Click = Readonly<z.infer<typeof click>>;
/** What somebody decides about a plan. */
export type DecisionClick = Exclude<Click, { readonly kind: 'check-again' }>;

/** @throws Error when the message is none of the front door's. */
export const parseClick = (data: string): Click => click.parse(JSON.parse(data));
