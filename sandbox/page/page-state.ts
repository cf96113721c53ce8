import type { ApiCall } from '../google/call-log.ts';
import type { Block } from '../slack/blocks/normalize-blocks.ts';
import type { WorldSnapshot } from '../world/world.ts';
import type { Impact } from './impact.ts';

/** What the page is sent of Slack, whole, whenever something there changed. */
export interface SlackOnPage {
  readonly channel: { readonly id: string; readonly name: string };
  readonly app: { readonly name: string; readonly userId: string };
  readonly people: readonly Person[];
  readonly usergroups: readonly { readonly id: string; readonly handle: string }[];
  readonly messages: readonly MessageOnPage[];
  /** Open modals and Home tabs of everybody; the page shows those of the person that was picked. */
  readonly views: readonly ViewOnPage[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  /** What sets them apart, e.g. 'on-call' or 'guest'. */
  readonly role: string;
}

export interface MessageOnPage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly threadTs: string | undefined;
  readonly broadcast: boolean;
  readonly edited: boolean;
  readonly onlyFor: string | undefined;
}

export interface ViewOnPage {
  readonly id: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  readonly title: string;
  readonly submit: string;
  readonly close: string;
  readonly blocks: readonly Block[];
}

/** One look at the world, kept for the charts. */
export interface Sample {
  readonly atMs: number;
  readonly services: Readonly<Record<string, { readonly errorRatio: number; readonly requestsPerSecond: number }>>;
  readonly connectors: Readonly<
    Record<string, { readonly throughputMbps: number; readonly ceilingMbps: number; readonly instances: number }>
  >;
}

/** What the page is sent of the world, a few times a second while it moves. */
export interface WorldOnPage {
  readonly snapshot: WorldSnapshot;
  readonly impact: Impact;
  readonly samples: readonly Sample[];
  /** The newest calls to Google's APIs. */
  readonly calls: readonly ApiCall[];
  readonly speed: number;
  readonly status: 'paused' | 'playing';
}
