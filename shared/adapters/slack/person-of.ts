import type { UsersInfoResponse } from '@slack/web-api';
import type { Person } from '../../report/chat.ts';

type User = NonNullable<UsersInfoResponse['user']>;

/**
 * Somebody as users.info describes them. Whatever it leaves open counts against them: only who is shown to be a full member of our workspace is one.
 * @see https://docs.slack.dev/reference/objects/user-object
 */
export function personOf(user: User, ownTeam: string): Person {
  const { id = '', name = '', profile, real_name: realName } = user;
  return { id, name: profile?.display_name || realName || name || id, standing: standingOf(user, ownTeam) };
}

function standingOf(user: User, ownTeam: string): Person['standing'] {
  if (user.team_id !== ownTeam) return 'other-workspace';
  if (user.deleted !== false) return 'deactivated';
  if (user.is_bot !== false) return 'bot';
  return user.is_restricted === false && user.is_ultra_restricted === false ? 'member' : 'guest';
}
