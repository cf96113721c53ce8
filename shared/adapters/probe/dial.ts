import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext, connect as tlsConnect } from 'node:tls';
import { connectTo } from './connect-to.ts';
import type { ProbeOptions } from './probe-options.ts';

/** Opens the connection for a URL, wherever connectTo says; certificate and SNI are those of the URL's host. */
export type Dial = (url: URL, verification?: 'demanded' | 'reported') => Socket;

export function dial({ connectTo: rules, ca }: ProbeOptions): Dial {
  const addressFor = connectTo(rules);
  let context: SecureContext | undefined;
  // Reading some hundred root certificates takes a while: once, and only where TLS is spoken.
  const secureContext = () => {
    context ??= createSecureContext(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] });
    return context;
  };
  return (url, verification = 'demanded') => {
    const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
    const name = url.hostname.replace(/^\[|\]$/g, '');
    const address = addressFor({ host: name, port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port) });
    if (!isSecure) return tcpConnect(address);
    return tlsConnect({
      ...address,
      // SNI carries names only: RFC 6066, section 3.
      servername: isIP(name) === 0 ? name : '',
      secureContext: secureContext(),
      ALPNProtocols: ['http/1.1'],
      // A look at the certificate itself wants to see also one that nobody should take.
      rejectUnauthorized: verification === 'demanded',
    });
  };
}
