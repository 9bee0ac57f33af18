import { randomBytes } from 'node:crypto';
import { decrypt, encrypt } from './aes-gcm.ts';
import { deriveKey, keyIdOf } from './master-keys.ts';

/** What the root key is good for. It stays when the master key changes, and with it all that is derived from it. */
export interface Secrets {
  /** A 32-byte key for one purpose; the same on every replica of one installation. */
  derive(purpose: string): Buffer;
  /**
   * Encrypts what is handed out and comes back within days: links, states of requests. What is stored goes through the
   * vault. `context` names the place it belongs to: elsewhere it does not open.
   */
  seal(text: string, context: string): string;
  /** Throws where the key or the context is another one, or a bit was changed. */
  open(sealed: string, context: string): string;
}

/** `root`: 32 bytes. */
export function createSecrets(root: Buffer): Secrets {
  if (root.length !== 32) throw new RangeError('The root key must have 32 bytes.');
  const wrapping = deriveKey(root, 'wrap');
  const keyId = keyIdOf(root);

  return {
    derive: (purpose) => deriveKey(root, purpose),
    seal(text, context) {
      const dataKey = randomBytes(32);
      const wrapped = encrypt(wrapping, dataKey, `v1|${keyId}|${context}`);
      const body = encrypt(dataKey, Buffer.from(text, 'utf8'), `v1|${context}`);
      return ['v1', keyId, wrapped.toString('base64url'), body.toString('base64url')].join('.');
    },
    open(sealed, context) {
      const [format, kid, wrapped, body] = sealed.split('.');
      if (format !== 'v1' || !wrapped || !body) throw new Error('This is not a sealed value.');
      if (kid !== keyId) throw new Error('This was sealed with another key.');
      const dataKey = decrypt(wrapping, Buffer.from(wrapped, 'base64url'), `v1|${keyId}|${context}`);
      return decrypt(dataKey, Buffer.from(body, 'base64url'), `v1|${context}`).toString('utf8');
    },
  };
}
