import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brief, type Served, serveGoogle } from './serve-google.ts';

let google: Served;
beforeEach(async () => {
  google = await serveGoogle(brief('decoy-platform-incident-elsewhere'));
});
afterEach(() => google.close());
const events = '/v1/projects/acme-staging/locations/global/events';

describe('Service Health', () => {
  it('answers in the shape of google.cloud.servicehealth.v1.Event', async () => {
    const { status, body } = await google.call('investigate', 'GET', events);
    expect(status).toBe(200);
    expect(body.events).toHaveLength(2);
    expect(body.events[0]).toEqual({
      name: expect.stringMatching(/^projects\/acme-staging\/locations\/global\/events\//),
      title: 'Cloud Run deployments are delayed in europe-west1',
      description: expect.any(String),
      category: 'INCIDENT',
      detailedCategory: 'CONFIRMED_INCIDENT',
      state: 'ACTIVE',
      detailedState: 'CONFIRMED',
      eventImpacts: [{ product: { productName: 'Cloud Run' }, location: { locationName: 'europe-west1' } }],
      relevance: 'PARTIALLY_RELATED',
      updates: [{ updateTime: expect.any(String), title: expect.any(String) }],
      updateTime: expect.any(String),
      startTime: expect.any(String),
    });
  });

  it.each([
    ['category=INCIDENT AND state=ACTIVE', 2],
    ['state=CLOSED', 0],
  ])('narrows by %s', async (filter, count) => {
    const { body } = await google.call('investigate', 'GET', `${events}?filter=${encodeURIComponent(filter)}`);
    expect(body.events ?? []).toHaveLength(count);
  });

  it('gives pages', async () => {
    const { body } = await google.call('investigate', 'GET', `${events}?pageSize=1`);
    expect(body).toMatchObject({ events: [{}], nextPageToken: expect.any(String) });
  });

  it('refuses a filter and a location that it does not have', async () => {
    expect((await google.call('investigate', 'GET', `${events}?filter=title%3A%22x%22`)).status).toBe(400);
    expect((await google.call('investigate', 'GET', events.replace('global', 'us-central1'))).status).toBe(400);
  });

  it('is nothing for whoever changes things', async () => {
    expect((await google.call('remediate', 'GET', events)).body.error).toMatchObject({
      status: 'PERMISSION_DENIED',
      message: expect.stringContaining('servicehealth.events.list'),
    });
  });
});

describe('an API that is not switched on', () => {
  it('says so as Google does, with where it can be switched on', async () => {
    await google.close();
    google = await serveGoogle(brief('healthy'));
    expect((await google.call('investigate', 'GET', events)).body.error).toMatchObject({
      code: 403,
      status: 'PERMISSION_DENIED',
      message: expect.stringMatching(/has not been used in project 415104041262 before or it is disabled/),
      details: [{ reason: 'SERVICE_DISABLED', metadata: { service: 'servicehealth.googleapis.com' } }],
    });
  });
});
