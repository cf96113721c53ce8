import 'reflect-metadata'; // @peculiar/x509 needs it before it is loaded.
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto); // Sound: Node's WebCrypto is the standard's, under another type.

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;
const CA_DAYS = 30;

export interface Authority {
  readonly pem: string;
  /** A certificate for one host name; its end may lie in the past. TLS runs in machine time. */
  issue(host: string, days: number): Promise<{ readonly cert: string; readonly key: string }>;
}

/** A certificate authority of the sandbox's own, made afresh each time. */
export async function createAuthority(nowMs: number): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const name = 'CN=runmedic sandbox CA';
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore: new Date(nowMs - 400 * DAY_MS),
    notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys: keys as unknown as CryptoKeyPair, // Sound: as above.
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  let serial = 1;
  return {
    pem: ca.toString('pem'),
    async issue(host, days) {
      serial += 1;
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(2, '0'),
        subject: `CN=${host}`,
        issuer: name,
        notBefore: new Date(nowMs - (days > 0 ? DAY_MS : 365 * DAY_MS)),
        notAfter: new Date(nowMs + days * DAY_MS),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey as unknown as CryptoKey, // Sound: as above.
        signingKey: keys.privateKey as unknown as CryptoKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      return { cert: leaf.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
    },
  };
}
