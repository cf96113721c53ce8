import 'reflect-metadata'; // @peculiar/x509 needs it before it is loaded.
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto); // Sound: Node's WebCrypto is the standard's, under another type.

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;
const CA_DAYS = 400;
const PAST_DAYS = 400;

export interface Leaf {
  readonly names: readonly string[];
  /** May lie in the past. TLS runs in machine time. */
  readonly expiresMs: number;
  readonly chain: 'complete' | 'leaf-only';
}

export interface Authority {
  /** The root: what a client trusts. */
  readonly pem: string;
  /** A certificate signed by the intermediate, which is sent along unless the chain is leaf-only. */
  issue(leaf: Leaf): Promise<{ readonly cert: string; readonly key: string }>;
}

/** A certificate authority of the sandbox's own, with an intermediate as real ones have, made afresh each time. */
export async function createAuthority(nowMs: number): Promise<Authority> {
  const root = await certificateAuthority('CN=runmedic sandbox CA', nowMs, undefined);
  const intermediate = await certificateAuthority('CN=runmedic sandbox intermediate', nowMs, root);
  let serial = 1;
  return {
    pem: root.certificate.toString('pem'),
    async issue({ names, expiresMs, chain }) {
      serial += 1;
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(2, '0'),
        subject: `CN=${names[0] ?? ''}`,
        issuer: intermediate.name,
        notBefore: new Date(Math.min(nowMs, expiresMs) - DAY_MS),
        notAfter: new Date(expiresMs),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey as unknown as CryptoKey, // Sound: as above.
        signingKey: intermediate.keys.privateKey as unknown as CryptoKey, // Sound: as above.
        extensions: [
          new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      const sent = chain === 'complete' ? [leaf, intermediate.certificate] : [leaf];
      return {
        cert: sent.map((one) => one.toString('pem')).join('\n'),
        key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
      };
    },
  };
}

interface Signer {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

/** One that signs: itself, or by another. */
async function certificateAuthority(name: string, nowMs: number, by: Signer | undefined): Promise<Signer> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: by === undefined ? '01' : '02',
    subject: name,
    issuer: by?.name ?? name,
    notBefore: new Date(nowMs - PAST_DAYS * DAY_MS),
    notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey as unknown as CryptoKey, // Sound: as above.
    signingKey: (by?.keys ?? keys).privateKey as unknown as CryptoKey, // Sound: as above.
    extensions: [
      new x509.BasicConstraintsExtension(true, by === undefined ? 2 : 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return { name, keys, certificate };
}
