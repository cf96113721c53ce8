import type { Prober } from '../../ports/prober.ts';
import { dial } from './dial.ts';
import { httpProbe } from './http-probe.ts';
import type { ProbeOptions } from './probe-options.ts';
import { resolveName } from './resolve-name.ts';
import { tlsProbe } from './tls-probe.ts';
import { webSocketProbe } from './web-socket-probe.ts';

/**
 * Looks over node:https and ws as a browser would connect, each look on a connection of its own.
 * @throws RangeError for a connectTo that is not `host:port:host:port`.
 */
export function prober(options: ProbeOptions): Prober {
  const connect = dial(options);
  return {
    http: (check, abort) => httpProbe(check, { options, connect }, abort),
    webSocket: (check, abort) => webSocketProbe(check, { options, connect }, abort),
    tls: (look, abort) => tlsProbe(look, { options, connect }, abort),
    dns: (question, abort) => resolveName(question, options, abort),
  };
}
