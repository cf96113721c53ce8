import { earliest, type Instant, latest } from '../ports/clock.ts';

/** Connections of one service to one place that did not come about, counted from the lines that name the place. */
export interface Unreachable {
  readonly service: string;
  readonly revision: string | undefined;
  /** An address or a name, as the line has it. */
  readonly host: string;
  readonly port: number | undefined;
  readonly how: 'timed-out' | 'refused' | 'no-route' | 'not-resolved';
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

interface Line {
  readonly at: Instant;
  readonly text: string;
  readonly service: string;
  readonly revision: string | undefined;
}

/** A misbehaving crawler may name thousands: those that fail most are enough. */
const PLACES_MAX = 50;

const IP = String.raw`(?<host>\d{1,3}(?:\.\d{1,3}){3})`;
const NAME = `(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`;
const PORT = String.raw`(?<port>\d{1,5})`;

/** How clients of Node, Go, Java, Python, libpq and libmysql name a place that they do not reach; the first that matches counts. */
const FORMS: readonly (readonly [Unreachable['how'], RegExp])[] = [
  ['timed-out', new RegExp(`ETIMEDOUT ${IP}:${PORT}`)],
  ['timed-out', new RegExp(`dial tcp ${IP}:${PORT}: (?:i/o timeout|connect: connection timed out)`)],
  ['timed-out', new RegExp(`dial tcp ${NAME}:${PORT}: i/o timeout`, 'i')],
  [
    'timed-out',
    new RegExp(
      `connection to server at "(?:[^"]*" \\()?${IP}["\\)], port ${PORT} failed: (?:timeout expired|connection timed out)`,
      'i',
    ),
  ],
  ['timed-out', new RegExp(`connect(?:ion)? to ${NAME}:${PORT}\\b.*\\btimed out`, 'i')],
  ['timed-out', new RegExp(`connection to Cloud SQL instance at ${IP}:${PORT} failed: timed out`, 'i')],
  // MySQL's clients: libmysql names the system's error by its number, with or without the port before it (110 is ETIMEDOUT, 111 ECONNREFUSED).
  [
    'timed-out',
    new RegExp(`Can't connect to MySQL server on '${NAME}(?::${PORT})?' \\((?:timed out|110\\b|\\[Errno 110\\])`, 'i'),
  ],
  ['refused', new RegExp(`Can't connect to MySQL server on '${NAME}(?::${PORT})?' \\((?:\\[Errno )?111\\b`, 'i')],
  // Prisma does not tell how; that nothing came back claims least.
  ['timed-out', new RegExp(`Can't reach database server at \`?${NAME}\`?:\`?${PORT}`, 'i')],
  ['refused', new RegExp(`Connection to ${NAME}:${PORT} refused`, 'i')],
  ['refused', new RegExp(`ECONNREFUSED ${IP}:${PORT}`)],
  ['refused', new RegExp(`dial tcp ${IP}:${PORT}: connect: connection refused`)],
  ['no-route', new RegExp(`(?:EHOSTUNREACH|ENETUNREACH) ${IP}:${PORT}`)],
  ['no-route', new RegExp(`dial tcp ${IP}:${PORT}: connect: (?:no route to host|network is unreachable)`)],
  ['not-resolved', new RegExp(`getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ${NAME}`, 'i')],
  ['not-resolved', new RegExp(`lookup ${NAME}(?: on \\S+)?: (?:no such host|server misbehaving)`, 'i')],
  ['not-resolved', new RegExp(`could not translate host name "${NAME}" to address`, 'i')],
  ['not-resolved', new RegExp(`UnknownHostException: ${NAME}`, 'i')],
];

/** Places that lines say were not reached, those that failed most first. */
export function unreachable(lines: readonly Line[]): Unreachable[] {
  const found = new Map<string, Unreachable>();
  for (const { text, at, service, revision } of lines) {
    const place = placeOf(text);
    if (place === undefined) continue;
    const key = JSON.stringify([place, service, revision]);
    const known = found.get(key);
    found.set(key, {
      ...place,
      service,
      revision,
      count: (known?.count ?? 0) + 1,
      firstAt: earliest(at, known?.firstAt ?? at),
      lastAt: latest(at, known?.lastAt ?? at),
    });
  }
  return [...found.values()].sort((a, b) => b.count - a.count).slice(0, PLACES_MAX);
}

/** The place that a client says it did not reach. */
export function placeOf(text: string): Pick<Unreachable, 'host' | 'port' | 'how'> | undefined {
  for (const [how, form] of FORMS) {
    const groups = form.exec(text)?.groups;
    const host = groups?.['host'];
    if (host === undefined) continue;
    const port = groups?.['port'];
    return { host: host.toLowerCase(), port: port === undefined ? undefined : Number(port), how };
  }
  return undefined;
}
