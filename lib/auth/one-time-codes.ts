import { Secret, TOTP } from 'otpauth';

/** As every authenticator app expects it: six digits, half a minute, SHA-1 (RFC 6238). */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 };
/** A clock may be one step off, either way. */
const WINDOW = 1;

/** A new secret of 160 bits, in base 32. */
export function makeOneTimeSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the QR code holds: `otpauth://totp/…`. */
export function oneTimeUri(secret: string, account: { issuer: string; label: string }): string {
  return new TOTP({ ...FORM, ...account, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The step (half minutes since 1970) whose code this is, or null when it is none of now. Whoever takes it notes the
 * step and takes none at or before it again.
 */
export function stepOfCode(secret: string, code: string, now: number): number | null {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const totp = new TOTP({ ...FORM, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token, window: WINDOW, timestamp: now });
  return delta === null ? null : totp.counter({ timestamp: now }) + delta;
}
