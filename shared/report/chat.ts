import type { KnownBlock, ModalView } from '@slack/types';

/** What one message says. `text` is what a phone shows and what stands where blocks cannot. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** Where a message stands: `ts` is its id within the channel. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** Somebody in the workspace, as far as deciding is concerned. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Only a full 'member' of our own workspace may decide anything. */
  readonly standing: 'member' | 'guest' | 'bot' | 'deactivated' | 'other-workspace';
}

/**
 * Where people are talked to. Every method throws PlatformFailure; 'rate-limited' and 'unavailable' are worth another delivery.
 * `post` is not idempotent: a failure may have posted all the same.
 */
export interface Chat {
  /** `broadcast`: a reply that the channel sees as well, and is told of. */
  post(
    message: Message,
    to: { readonly channel: string; readonly thread?: string | undefined; readonly broadcast?: 'to-channel' },
  ): Promise<Place>;
  /** 'gone': nothing of ours stands there any more. */
  update(place: Place, message: Message): Promise<'updated' | 'gone'>;
  /** Words that only `user` sees. 'not-shown': they are not in the channel. */
  whisper(text: string, to: { readonly channel: string; readonly user: string }): Promise<'shown' | 'not-shown'>;
  /** A trigger lives 3 s and opens one. Answers the id of the view. */
  openModal(trigger: string, modal: ModalView): Promise<string>;
  /** 'gone': the person closed it. */
  updateModal(view: string, modal: ModalView): Promise<'updated' | 'gone'>;
  /** undefined: nobody of that id. */
  person(user: string): Promise<Person | undefined>;
  /** User ids; empty for a usergroup that does not exist. May be as old as a minute. */
  usergroupMembers(usergroup: string): Promise<readonly string[]>;
}
