import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The one text form of a value: RFC 8785. Equal values give equal text, whatever the order of their keys. */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('nothing to canonicalize: the value is not JSON');
  return text;
}

/** SHA-256 of the canonical form, hex. */
export const digestOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

/** Ed25519 over the canonical form, base64. @throws Error when the key is not an Ed25519 private key. */
export const signed = (value: unknown, privateKey: KeyObject): string =>
  sign(null, Buffer.from(canonical(value)), privateKey).toString('base64');

/** false for anything but a genuine signature; never throws for what the signature holds. */
export const isSignedBy = (value: unknown, signature: string, publicKey: KeyObject): boolean =>
  verify(null, Buffer.from(canonical(value)), publicKey, Buffer.from(signature, 'base64'));

/** @throws Error when `pem` is not an Ed25519 key in PKCS #8. */
export const privateKeyFrom = (pem: string): KeyObject => ed25519(createPrivateKey(pem));

/** @throws Error when `pem` is not an Ed25519 key in SPKI. */
export const publicKeyFrom = (pem: string): KeyObject => ed25519(createPublicKey(pem));

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`an Ed25519 key is needed, this is ${key.asymmetricKeyType}`);
}
