export interface ProbeOptions {
  /** As curl's --connect-to: `host:port:host:port`. Empty: every name is dialled as it stands. */
  readonly connectTo: readonly string[];
  /** Name servers, `address` or `address:port`; empty or left out: the machine's own. Only questions of `dns` go there. */
  readonly dnsServers?: readonly string[];
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly ca?: string;
  readonly idToken?: (audience: string) => Promise<string>;
  readonly secret?: (name: string) => Promise<string>;
}
