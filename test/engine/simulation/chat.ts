import type { Chat, Message, Person, Place } from '../../../shared/report/chat.ts';
import { APPROVE_ACTION } from '../../../shared/report/click.ts';

export interface Post extends Place {
  readonly thread: string | undefined;
  message: Message;
}

const people: Readonly<Record<string, Person['standing']>> = {
  U0ANN: 'member',
  U0BEN: 'member',
  U0SAM: 'member',
  U0GUEST: 'guest',
};

/** A channel that remembers everything, and tells whoever watches what stands on it. */
export class SimulatedChat implements Chat {
  readonly posts: Post[] = [];
  readonly whispers: { readonly user: string; readonly text: string }[] = [];
  readonly #onOffer: (value: string, place: Place) => void;

  /** `onOffer` hears the value of each Approve button as it appears. */
  constructor(onOffer: (value: string, place: Place) => void) {
    this.#onOffer = onOffer;
  }

  async post(
    message: Message,
    { channel, thread }: { readonly channel: string; readonly thread?: string | undefined },
  ) {
    const place = { channel, ts: `1764000000.${String(this.posts.length + 1).padStart(6, '0')}` };
    this.posts.push({ ...place, thread, message });
    this.#look(place, message);
    return place;
  }

  async update({ channel, ts }: Place, message: Message) {
    const post = this.posts.find((each) => each.channel === channel && each.ts === ts);
    if (post === undefined) return 'gone';
    post.message = message;
    this.#look(post, message);
    return 'updated';
  }

  async whisper(text: string, { user }: { readonly channel: string; readonly user: string }) {
    this.whispers.push({ user, text });
    return 'shown' as const;
  }

  async openModal() {
    return 'V0REJECT';
  }

  async updateModal() {
    return 'updated' as const;
  }

  async person(user: string): Promise<Person | undefined> {
    const standing = people[user];
    return standing && { id: user, name: user.slice(2).toLowerCase(), standing };
  }

  async usergroupMembers(usergroup: string) {
    return usergroup === 'S0ONCALL' ? ['U0BEN', 'U0GUEST'] : [];
  }

  #look(place: Place, { blocks }: Message): void {
    for (const block of blocks) {
      if (block.type !== 'actions') continue;
      const approve = block.elements.find((element) => 'action_id' in element && element.action_id === APPROVE_ACTION);
      if (approve !== undefined && 'value' in approve && typeof approve.value === 'string')
        this.#onOffer(approve.value, place);
    }
  }
}
