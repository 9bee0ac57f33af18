import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NONCE = 12;
const TAG = 16;

/** What the one master key is good for. */
export interface Secrets {
  /** A 32-byte key for one purpose; the same on every replica with the same master key. */
  derive(purpose: string): Buffer;
  /**
   * Encrypts a text under a key of its own, which is wrapped by the master key.
   * `context` names the place it belongs to (`connection|<organization>|<id>`): elsewhere it does not open.
   */
  seal(text: string, context: string): string;
  /** Throws where the master key or the context is another one, or a bit was changed. */
  open(sealed: string, context: string): string;
}

/** `master`: 32 bytes. */
export function createSecrets(master: Buffer): Secrets {
  if (master.length !== 32) throw new RangeError('The encryption key must have 32 bytes.');
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `patchbay|${purpose}`, 32));
  const wrapping = derive('wrap');
  const keyId = createHash('sha256').update(derive('key-id')).digest('hex').slice(0, 8);

  return {
    derive,
    seal(text, context) {
      const dataKey = randomBytes(32);
      const wrapped = encrypt(wrapping, dataKey, `v1|${keyId}|${context}`);
      const body = encrypt(dataKey, Buffer.from(text, 'utf8'), `v1|${context}`);
      return ['v1', keyId, wrapped.toString('base64url'), body.toString('base64url')].join('.');
    },
    open(sealed, context) {
      const [format, kid, wrapped, body] = sealed.split('.');
      if (format !== 'v1' || !wrapped || !body) throw new Error('This is not a sealed value.');
      if (kid !== keyId) {
        throw new Error(
          'A stored secret was sealed with another ENCRYPTION_KEY; set the one it was made with.',
        );
      }
      const dataKey = decrypt(wrapping, Buffer.from(wrapped, 'base64url'), `v1|${keyId}|${context}`);
      return decrypt(dataKey, Buffer.from(body, 'base64url'), `v1|${context}`).toString('utf8');
    },
  };
}

/**
 * The master key: `given` (base64), else the one in `dataDir/encryption.key`, which is made on first use,
 * readable by its owner only. Throws when the file holds anything but 32 bytes.
 */
export function loadMasterKey(given: string | null, dataDir: string): Buffer {
  if (given !== null) return Buffer.from(given, 'base64');
  const path = join(dataDir, 'encryption.key');
  if (!existsSync(path)) makeKeyFile(dataDir, path);
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== 32) {
    throw new Error(
      `${path} does not hold a key (32 bytes in base64). Put the right file back, or set ENCRYPTION_KEY.`,
    );
  }
  return key;
}

/** Written aside and linked into place: of two processes that start together, one wins and both read its key. */
function makeKeyFile(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, box: Buffer, context: string): Buffer {
  if (box.length < NONCE + TAG) throw new Error('This is not a sealed value.');
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE))
    .setAAD(Buffer.from(context, 'utf8'))
    .setAuthTag(box.subarray(box.length - TAG));
  return Buffer.concat([decipher.update(box.subarray(NONCE, box.length - TAG)), decipher.final()]);
}
