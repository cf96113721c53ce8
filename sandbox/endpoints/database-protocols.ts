import type { Socket } from 'node:net';
import type { Fare } from './databases.ts';

// As much of three wire protocols as a client needs to log in and ask one question. No data is kept, and nobody is asked for a password.

type Manner = Pick<Fare, 'isFull' | 'delayMs'>;

const SSL_REQUEST = 80_877_103;
const STARTUP_HEADER_BYTES = 8;
const HEADER_BYTES = 5;

/** PostgreSQL's, version 3. @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
export function speakPostgresql(socket: Socket, { isFull, delayMs }: Manner): void {
  let isStarted = false;
  const later = (answer: Buffer, then?: () => void) =>
    setTimeout(() => {
      socket.write(answer);
      then?.();
    }, delayMs).unref();
  socket.on('data', (data) => {
    if (!isStarted) {
      // No TLS here: `N`, and the client goes on in clear or gives up.
      if (data.length === STARTUP_HEADER_BYTES && data.readInt32BE(4) === SSL_REQUEST) return void socket.write('N');
      isStarted = true;
      if (isFull) return void later(TOO_MANY, () => socket.end());
      return void later(Buffer.concat([AUTHENTICATED, READY]));
    }
    for (let at = 0; at + HEADER_BYTES <= data.length; at += 1 + data.readInt32BE(at + 1)) {
      const kind = String.fromCharCode(data[at] ?? 0);
      if (kind === 'Q') later(Buffer.concat([ROW_DESCRIPTION, ROW, message('C', text('SELECT 1')), READY]));
      if (kind === 'X') socket.end();
    }
  });
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(kind: string, ...body: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(body);
  return Buffer.concat([Buffer.from(kind), int32(whole.length + 4), whole]);
}

const AUTHENTICATED = message('R', int32(0));
const READY = message('Z', Buffer.from('I'));
const INT4 = 23; // Object id of the type.
const ROW_DESCRIPTION = message(
  'T',
  int16(1),
  text('?column?'),
  int32(0),
  int16(0),
  int32(INT4),
  int16(4),
  int32(-1),
  int16(0),
);
const ROW = message('D', int16(1), int32(1), Buffer.from('1'));
const TOO_MANY = message(
  'E',
  text('SFATAL'),
  text('VFATAL'),
  text('C53300'),
  text('Mremaining connection slots are reserved for non-replication superuser connections'),
  Buffer.from([0]),
);

/** Redis's, version 2: every command is a list of bulk strings, of which only the first is looked at. @see https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export function speakRedis(socket: Socket, { isFull, delayMs }: Manner): void {
  if (isFull) return void socket.end('-ERR max number of clients reached\r\n');
  socket.on('data', (data) => {
    const commands = data.toString('latin1').match(/\*\d+\r\n\$\d+\r\n\w+/g) ?? [];
    for (const command of commands) {
      const isPing = /PING$/i.test(command);
      setTimeout(() => socket.write(isPing ? '+PONG\r\n' : '+OK\r\n'), delayMs).unref();
    }
  });
}

/** MySQL's greeting, version 10, after which nobody here goes on. @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html */
export function speakMysql(socket: Socket, { isFull, delayMs }: Manner): void {
  const body = isFull
    ? Buffer.concat([Buffer.from([0xff, 0x10, 0x04]), Buffer.from('#08004Too many connections')])
    : Buffer.concat([Buffer.from([0x0a]), text('8.0.31-google'), Buffer.alloc(40)]);
  const packet = Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
  setTimeout(() => socket.write(packet), delayMs).unref();
}
