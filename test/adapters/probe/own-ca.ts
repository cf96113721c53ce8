import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(crypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Leaf {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of the test's own, and what it signs. */
export async function ownCa() {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const name = 'CN=The test’s own CA';
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  return {
    pem: ca.toString('pem'),
    /** Valid from yesterday for `days`; -0.5 makes one that ran out at noon. */
    leaf: async (host: string, days = 2): Promise<Leaf> => {
      const own = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const notBefore = new Date(Date.now() - DAY_MS);
      const cert = await x509.X509CertificateGenerator.create({
        subject: `CN=${host}`,
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        notBefore,
        notAfter: new Date(notBefore.getTime() + days * DAY_MS),
        signingAlgorithm: ALGORITHM,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
      });
      const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64');
      return { cert: cert.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----` };
    },
  };
}
