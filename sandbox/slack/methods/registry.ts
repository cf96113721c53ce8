import { getPermalink, postEphemeral, postMessage, update as updateMessage } from './chat.ts';
import type { Method } from './method.ts';
import { authTest, conversationsInfo, usergroupsList, usergroupsUsersList, usersInfo } from './people.ts';
import { open, publish, update as updateView } from './views.ts';

/** Every method that this workspace answers; the rest get `unknown_method`. */
export const methods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'chat.getPermalink': getPermalink,
  'chat.postEphemeral': postEphemeral,
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'conversations.info': conversationsInfo,
  'usergroups.list': usergroupsList,
  'usergroups.users.list': usergroupsUsersList,
  'users.info': usersInfo,
  'views.open': open,
  'views.publish': publish,
  'views.update': updateView,
};
