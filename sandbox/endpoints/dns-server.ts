import { createSocket } from 'node:dgram';
import { type Answer, decode, encode, type Packet } from 'dns-packet';
import type { DnsState } from '../world/edge/edge-state.ts';
import type { World } from '../world/world.ts';

const TTL_SECONDS = 300;
const AUTHORITATIVE = 0x0400;
const RECURSION = 0x0180;
const NXDOMAIN = 3;

export interface DnsServer {
  /** `127.0.0.1:port`, as a resolver takes it. */
  readonly address: string;
  close(): Promise<void>;
}

/** The world's DNS over real packets: A, AAAA, CNAME and CAA of its names; NXDOMAIN for every other. */
export async function startDns(world: World): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    socket.send(answerTo(world, message), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function answerTo({ state }: World, message: Buffer): Buffer {
  const { id = 0, questions = [] } = decode(message);
  const [question] = questions;
  const name = question?.name.toLowerCase() ?? '';
  const isKnown = [...state.edge.dns.keys()].some((known) => known === name || known.endsWith(`.${name}`));
  const response: Packet = {
    id,
    type: 'response',
    flags: AUTHORITATIVE | RECURSION | (isKnown ? 0 : NXDOMAIN),
    questions,
    answers: question === undefined ? [] : answersTo(state.edge.dns, name, question.type),
  };
  return encode(response);
}

/** A name that stands for another is answered with both, as a resolver does. */
function answersTo(records: ReadonlyMap<string, DnsState>, name: string, type: string): Answer[] {
  const own = records.get(name);
  if (own === undefined) return [];
  const common = { name, ttl: TTL_SECONDS };
  if (own.cname !== undefined)
    return [
      { ...common, type: 'CNAME', data: own.cname },
      ...(type === 'CNAME' ? [] : answersTo(records, own.cname, type)),
    ];
  switch (type) {
    case 'A':
      return own.a.map((data) => ({ ...common, type: 'A', data }));
    case 'AAAA':
      return own.aaaa.map((data) => ({ ...common, type: 'AAAA', data }));
    case 'CAA':
      return own.caa.map(({ tag, value }) => ({
        ...common,
        type: 'CAA',
        data: { flags: 0, tag: tag as 'issue', value },
      }));
    default:
      return [];
  }
}
