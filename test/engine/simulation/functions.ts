import { generateKeyPairSync } from 'node:crypto';
import type { Delivery } from '../../../shared/adapters/sqlite/queue.ts';
import { parseEffect, type Shell } from '../../../shared/engine/advance.ts';
import { announce } from '../../../shared/engine/announce.ts';
import { carryOut } from '../../../shared/engine/carry-out.ts';
import { decide } from '../../../shared/engine/decide.ts';
import { escalate } from '../../../shared/engine/escalate.ts';
import { investigate } from '../../../shared/engine/investigate.ts';
import { patrol } from '../../../shared/engine/patrol.ts';
import { receiveAlert } from '../../../shared/engine/receive-alert.ts';
import { retest } from '../../../shared/engine/retest.ts';
import { verify } from '../../../shared/engine/verify.ts';
import type { Queue } from '../../../shared/incident/queue.ts';
import type { Store } from '../../../shared/incident/store.ts';
import type { TestRuns } from '../../../shared/incident/test-runs.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import type { CallMeter } from '../../../shared/ports/call-meter.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { CloudReader, CloudWriter } from '../../../shared/ports/cloud.ts';
import type { Prober } from '../../../shared/ports/prober.ts';
import type { VpcProber } from '../../../shared/ports/vpc-prober.ts';
import type { Chat } from '../../../shared/report/chat.ts';
import { parseClick } from '../../../shared/report/click.ts';

/** All that the functions touch. */
export interface Parts {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly cloud: CloudReader;
  readonly writer: CloudWriter;
  readonly prober: Prober;
  readonly vpcProber: VpcProber;
  readonly testRuns: TestRuns;
  readonly chat: Chat;
  readonly policy: Policy;
  readonly nowMs: () => number;
  readonly waitMs: (ms: number) => Promise<void>;
}

export interface Functions {
  /** What the function that listens on the message's topic does with it. */
  readonly handle: (delivery: Delivery) => Promise<unknown>;
  readonly patrol: () => Promise<unknown>;
}

// One pair of keys for every simulation: making them takes longer than an incident.
const plan = generateKeyPairSync('ed25519');
const approval = generateKeyPairSync('ed25519');
const NEVER = new AbortController().signal;

/** The functions as functions/*.ts wire them, over given parts. */
export function functionsOver(parts: Parts): Functions {
  const shellOf = (by: string): Shell & Parts => ({ ...parts, by });
  return {
    patrol: () => patrol(shellOf('patrol')),
    handle: async (delivery) => {
      switch (delivery.topic) {
        case 'alerts':
          return receiveAlert(asPubsub(delivery), shellOf('alert'));
        case 'clicks':
          return decide(parseClick(delivery.data), chatShell(shellOf));
        case 'investigations':
        case 'remediations':
        case 'retests':
        case 'announcements':
          return carryOutEffect(delivery.data, shellOf);
        case 'dead-letters':
          return undefined;
      }
    },
  };
}

const chatShell = (shellOf: (by: string) => Shell & Parts) => ({
  ...shellOf('chat'),
  approvalKey: approval.privateKey,
  planPublicKey: plan.publicKey,
});

async function carryOutEffect(data: string, shellOf: (by: string) => Shell & Parts): Promise<void> {
  const effect = parseEffect(data);
  const keys = { planKey: plan.privateKey, planPublicKey: plan.publicKey, approvalPublicKey: approval.publicKey };
  switch (effect.type) {
    case 'investigate':
      return investigate(effect, { ...shellOf('investigate'), planKey: keys.planKey, meter }, NEVER);
    case 'verify':
      return verify(effect, { ...shellOf('investigate'), planKey: keys.planKey, meter }, NEVER);
    case 'carry-out':
      return carryOut(effect, { ...shellOf('remediate'), ...keys }, NEVER);
    case 'retest':
      return retest(effect, shellOf('retest'), NEVER);
    case 'announce':
      return announce(effect, chatShell(shellOf));
    case 'escalate':
      return escalate(effect, chatShell(shellOf));
  }
}

/** Nothing here goes to Google. */
const meter: CallMeter = { counted: async (work) => ({ value: await work(), calls: { total: 0, logReads: 0 } }) };

const asPubsub = ({ data, attributes, id, publishedAt }: Delivery) => ({
  message: { data: Buffer.from(data).toString('base64'), attributes, messageId: id, publishTime: publishedAt },
  subscription: 'projects/acme-runmedic/subscriptions/alerts',
});
