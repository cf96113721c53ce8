import { describe, expect, it } from 'vitest';
import { openEnvelope } from '../../shared/signal/envelope.ts';
import { backend5xx, inPubsub } from './notifications.ts';

const inside = (message: unknown): unknown => {
  const opened = openEnvelope(message);
  return opened.kind === 'opened' ? opened.notification : opened.reason;
};

describe('a notification is taken out of', () => {
  const cloudEvent = {
    specversion: '1.0',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    data: inPubsub(backend5xx()),
  };

  it.each<[string, unknown]>([
    ['nothing', backend5xx()],
    ["a Pub/Sub push, which is also a CloudEvent's data", inPubsub(backend5xx())],
    ['a whole CloudEvent', cloudEvent],
  ])('%s', (_, message) => {
    expect(inside(message)).toEqual(backend5xx());
  });

  it("a webhook's body, with whatever else lies beside the incident", () => {
    const body = { ...backend5xx(), message: { data: 'x' }, data: { incident: 'another' } };
    expect(inside(body)).toEqual(body);
  });

  it('Pub/Sub data in UTF-8', () => {
    expect(inside(inPubsub({ incident: { summary: 'größer — 5xx' } }))).toEqual({
      incident: { summary: 'größer — 5xx' },
    });
  });
});
