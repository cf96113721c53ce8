import { z } from 'zod';

// What decides how a service fares at run time: whom it calls outside, who holds connections open, and who asks after its health.

/** A third party on the internet; nothing of it stands in the project. */
export const upstream = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name, as payments.example.com')
    .describe('Its public host.'),
  address: z.string().default('203.0.113.80'),
  client: z
    .enum(['requests', 'axios', 'go'])
    .default('requests')
    .describe('The HTTP client that services call it with; each says in words of its own that a call failed.'),
  path: z.string().startsWith('/').default('/v1/'),
});

/** WebSockets, or streams, that clients open and mean to keep. */
export const sockets = z.strictObject({
  perMinute: z.number().positive().describe('Opened by clients on an ordinary minute.'),
  staySeconds: z.number().positive().describe('How long clients mean to stay, on average.'),
  path: z.string().startsWith('/').default('/ws'),
});

/** Somebody who asks after a service's health again and again. */
export const healthChecks = z.strictObject({
  perSecond: z.number().min(0),
  path: z.string().startsWith('/').default('/health'),
  agent: z.string().default('GoogleStackdriverMonitoring-UptimeChecks(https://cloud.google.com/monitoring)'),
});
