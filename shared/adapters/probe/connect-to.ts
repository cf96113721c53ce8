/** One rule in curl's form `HOST1:PORT1:HOST2:PORT2`: what is meant for the first is sent to the second. An empty HOST1 or PORT1 matches any. */
interface Rule {
  readonly host: string;
  readonly port: string;
  readonly toHost: string;
  readonly toPort: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Where to dial for a URL, as curl's --connect-to decides: only the connection goes elsewhere; names in TLS and HTTP stay.
 * @throws RangeError for a rule that is not of that form.
 * @see https://curl.se/docs/manpage.html#--connect-to
 */
export function connectTo(rules: readonly string[]): (wanted: Address) => Address {
  const parsed = rules.map(parseRule);
  return (wanted) => {
    const rule = parsed.find(({ host, port }) => isAnyOr(host, wanted.host) && isAnyOr(port, String(wanted.port)));
    if (rule === undefined) return wanted;
    return {
      host: rule.toHost === '' ? wanted.host : rule.toHost,
      port: rule.toPort === '' ? wanted.port : Number(rule.toPort),
    };
  };
}

const isAnyOr = (rule: string, value: string): boolean => rule === '' || rule.toLowerCase() === value.toLowerCase();

/** A host is a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST = String.raw`(\[[0-9a-fA-F:.]+\]|[^:[\]]*)`;
const RULE = new RegExp(`^${HOST}:(\\d*):${HOST}:(\\d*)$`);

function parseRule(rule: string): Rule {
  const [, host, port, toHost, toPort] = RULE.exec(rule) ?? [];
  if (host === undefined || port === undefined || toHost === undefined || toPort === undefined)
    throw new RangeError(`connectTo: ${rule} is not HOST:PORT:HOST:PORT`);
  return { host: bare(host), port, toHost: bare(toHost), toPort };
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');
