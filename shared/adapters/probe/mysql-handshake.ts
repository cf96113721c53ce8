import { once } from 'node:events';
import { connect } from 'node:net';
import { brokenBy, type Handshake, type Shaken } from './handshake.ts';

/** A packet is its length (3 bytes), its number (1), and what it says. @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html */
const HEADER_BYTES = 4;
const GREETING = 0x0a;
const ERROR = 0xff;
/** ER_CON_COUNT_ERROR. */
const TOO_MANY_CONNECTIONS = 1040;

/** Reads the greeting that MySQL sends to whoever connects. It logs in nowhere: there is no client for it here, and the greeting tells what is asked. */
export async function mysqlHandshake(made: Handshake): Promise<Shaken> {
  const socket = connect(made.address);
  const cut = () => void socket.destroy();
  made.end.addEventListener('abort', cut, { once: true });
  try {
    const first = await Promise.race([
      once(socket, 'data').then(([data]: Buffer[]) => data),
      once(socket, 'close').then(() => undefined),
    ]);
    if (made.end.aborted) return brokenBy(made.end.reason, made);
    if (first === undefined) return { outcome: 'broken-off', detail: 'it closed the connection without a word' };
    return read(first);
  } finally {
    made.end.removeEventListener('abort', cut);
    socket.destroy();
  }
}

function read(packet: Buffer): Shaken {
  const says = packet.at(HEADER_BYTES);
  if (says === GREETING) return { outcome: 'asks-for-password', detail: 'it greets, and asks for a password' };
  if (says !== ERROR) return { outcome: 'denied', detail: 'it does not speak MySQL' };
  const code = packet.readUInt16LE(HEADER_BYTES + 1);
  const words = packet
    .subarray(HEADER_BYTES + 3)
    .toString('utf8')
    .replace(/^#.{5}/, '');
  return { outcome: code === TOO_MANY_CONNECTIONS ? 'too-many-connections' : 'denied', detail: `${code} ${words}` };
}
