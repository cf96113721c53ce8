import { tiers } from '../rate-limits.ts';
import { refuse } from '../refusal.ts';
import type { User, Usergroup, Workspace } from '../workspace.ts';
import { done, flag, type Method, text } from './method.ts';

/** @see https://docs.slack.dev/reference/methods/auth.test */
export const authTest: Method = {
  scopes: [],
  limit: tiers.special,
  answer(_args, { workspace: { team, app } }) {
    return done({
      url: `https://${team.domain}.slack.com/`,
      team: team.name,
      user: app.name,
      team_id: team.id,
      user_id: app.botUserId,
      bot_id: app.botId,
      is_enterprise_install: false,
    });
  },
};

/** @see https://docs.slack.dev/reference/methods/users.info */
export const usersInfo: Method = {
  scopes: ['users:read'],
  limit: tiers.tier4,
  answer(args, { workspace }) {
    const user = workspace.users.find(({ id }) => id === text(args, 'user'));
    return user === undefined ? refuse('user_not_found') : done({ user: userJson(user, workspace) });
  },
};

function userJson(user: User, { team }: Workspace): Readonly<Record<string, unknown>> {
  return {
    id: user.id,
    team_id: team.id,
    name: user.name,
    deleted: user.deleted,
    real_name: user.realName,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      title: user.title,
      real_name: user.realName,
      real_name_normalized: user.realName,
      // Nobody here chose one: Slack then shows the full name, in mentions too, as the page does.
      display_name: '',
      display_name_normalized: '',
      team: team.id,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.isRestricted,
    is_ultra_restricted: user.isUltraRestricted,
    is_bot: user.isBot,
    is_app_user: false,
    updated: 1_700_000_000,
  };
}

/** @see https://docs.slack.dev/reference/methods/usergroups.list */
export const usergroupsList: Method = {
  scopes: ['usergroups:read'],
  limit: tiers.tier2,
  answer(args, { workspace }) {
    const groups = workspace.usergroups.map((group) => ({
      ...usergroupJson(group, workspace),
      ...(flag(args, 'include_users') ? { users: group.users } : {}),
      ...(flag(args, 'include_count') ? { user_count: group.users.length } : {}),
    }));
    return done({ usergroups: groups });
  },
};

/** @see https://docs.slack.dev/reference/methods/usergroups.users.list */
export const usergroupsUsersList: Method = {
  scopes: ['usergroups:read'],
  limit: tiers.tier2,
  answer(args, { workspace }) {
    const group = workspace.usergroups.find(({ id }) => id === text(args, 'usergroup'));
    return group === undefined ? refuse('no_such_subteam') : done({ users: group.users });
  },
};

const usergroupJson = (group: Usergroup, { team, app }: Workspace): Readonly<Record<string, unknown>> => ({
  id: group.id,
  team_id: team.id,
  is_usergroup: true,
  name: group.name,
  description: '',
  handle: group.handle,
  is_external: false,
  date_create: 1_700_000_000,
  date_update: 1_700_000_000,
  date_delete: 0,
  auto_type: null,
  created_by: app.botUserId,
  updated_by: app.botUserId,
  deleted_by: null,
  prefs: { channels: [], groups: [] },
});

/** @see https://docs.slack.dev/reference/methods/conversations.info */
export const conversationsInfo: Method = {
  scopes: ['channels:read', 'groups:read'],
  limit: tiers.tier3,
  answer(args, { workspace }) {
    const channel = workspace.channels.find(({ id }) => id === text(args, 'channel'));
    if (channel === undefined) return refuse('channel_not_found');
    return done({
      channel: {
        id: channel.id,
        name: channel.name,
        name_normalized: channel.name,
        is_channel: true,
        is_group: false,
        is_im: false,
        is_mpim: false,
        is_private: false,
        is_archived: channel.isArchived,
        is_general: false,
        is_shared: false,
        is_ext_shared: false,
        is_org_shared: false,
        is_member: channel.members.includes(workspace.app.botUserId),
        created: 1_700_000_000,
        creator: 'U0ANN',
        context_team_id: workspace.team.id,
        topic: { value: '', creator: '', last_set: 0 },
        purpose: { value: '', creator: '', last_set: 0 },
        ...(flag(args, 'include_num_members') ? { num_members: channel.members.length } : {}),
      },
    });
  },
};
