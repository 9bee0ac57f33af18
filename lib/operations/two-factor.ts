import { makeOneTimeSecret, oneTimeUri, stepOfCode } from '#lib/auth/one-time-codes.ts';
import { hashRecoveryCode, makeRecoveryCodes } from '#lib/auth/recovery-codes.ts';
import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { TrustedBrowser } from '#lib/db/two-factor.ts';
import { confirmPassword } from './account.ts';
import type { App } from './app.ts';
import { openOneTimeSecret, sealOneTimeSecret, spendSecondFactor } from './prove-person.ts';
import { counted } from './sign-in.ts';
import type { Who } from './who-is.ts';

/** Who asks, and the IP address that counts tries. */
interface Asking {
  who: Who;
  address: string;
}

export interface TwoFactorView {
  /** Null while it is off. */
  enabledAt: Date | null;
  recoveryCodesLeft: number;
  /** An organization asks for it: it cannot be turned off. */
  required: boolean;
  /** Who has none signs in with an identity provider, which has a second factor of its own or not. */
  hasPassword: boolean;
  browsers: TrustedBrowser[];
}

/** The second factor of one's own. */
export async function readTwoFactor(app: App, who: Who): Promise<TwoFactorView> {
  const { userId } = who.principal;
  const { twoFactor, credentials } = repository(app.db, who.principal);
  const [stored, recoveryCodesLeft, browsers, person, required] = await Promise.all([
    twoFactor.find(userId),
    twoFactor.codesLeft(userId),
    twoFactor.browsers(userId),
    credentials.find(userId),
    isRequired(app, userId),
  ]);
  return {
    enabledAt: stored?.enabledAt ?? null,
    recoveryCodesLeft: stored?.enabledAt ? recoveryCodesLeft : 0,
    required,
    hasPassword: person?.password != null,
    browsers,
  };
}

/**
 * A new secret for one's app, in base 32 and as the address that its QR code holds. It is asked for once a first code
 * proved it: `enableTwoFactor`. Throws `bad_request` for a wrong password, `conflict` when it is on already.
 */
export async function beginTwoFactor(
  app: App,
  asking: Asking,
  password: string,
): Promise<{ secret: string; uri: string }> {
  await confirmPassword(app, asking, password);
  const { user, principal } = asking.who;
  const secret = makeOneTimeSecret();
  const { twoFactor } = repository(app.db, principal);
  await twoFactor.begin(user.id, sealOneTimeSecret(app, user.id, secret));
  return { secret, uri: oneTimeUri(secret, { issuer: 'Patchbay', label: user.email }) };
}

/** Turns it on, with a first code of the app. Answers the recovery codes, which nobody can read again. */
export async function enableTwoFactor(app: App, who: Who, code: string): Promise<string[]> {
  const { userId } = who.principal;
  const { twoFactor } = repository(app.db, who.principal);
  return counted(app, [`second step of ${userId}`], async () => {
    const stored = await twoFactor.find(userId);
    if (!stored) throw new AppError('conflict', 'Begin anew: there is no secret to prove.');
    const step = stepOfCode(openOneTimeSecret(app, userId, stored.secret), code, Date.now());
    if (step === null) {
      throw new AppError('bad_request', 'The code is not right. Is the clock of your phone right?');
    }
    const codes = makeRecoveryCodes();
    const isNew = await twoFactor.enable(userId, step, hashesOf(userId, codes));
    if (!isNew) throw new AppError('conflict', 'Two-factor is on already.');
    return codes;
  });
}

/** Turns it off. Throws `bad_request` for a wrong password or code, `forbidden` where an organization asks for it. */
export async function disableTwoFactor(
  app: App,
  asking: Asking,
  proof: { password: string; code: string },
): Promise<void> {
  const { userId } = asking.who.principal;
  if (await isRequired(app, userId)) {
    throw new AppError('forbidden', 'An organization that you belong to asks for two-factor.');
  }
  await confirmBoth(app, asking, proof);
  await repository(app.db, asking.who.principal).twoFactor.disable(userId);
}

/** Ten new recovery codes; the earlier ones are good no more. Throws `bad_request` for a wrong password or code. */
export async function renewRecoveryCodes(
  app: App,
  asking: Asking,
  proof: { password: string; code: string },
): Promise<string[]> {
  await confirmBoth(app, asking, proof);
  const { userId } = asking.who.principal;
  const codes = makeRecoveryCodes();
  const { twoFactor } = repository(app.db, asking.who.principal);
  await twoFactor.renewCodes(userId, hashesOf(userId, codes));
  return codes;
}

/** Asks a trusted browser again. Throws `not_found` for one that is not one's own. */
export async function forgetBrowser(app: App, { principal }: Who, id: string): Promise<void> {
  await repository(app.db, principal).twoFactor.forgetBrowser(principal.userId, id);
}

async function confirmBoth(
  app: App,
  asking: Asking,
  { password, code }: { password: string; code: string },
): Promise<void> {
  await confirmPassword(app, asking, password);
  const { userId } = asking.who.principal;
  await counted(app, [`second step of ${userId}`], async () => {
    if (await spendSecondFactor(app, userId, code)) return;
    throw new AppError('bad_request', 'The code is not right, or it was used already.');
  });
}

async function isRequired(app: App, userId: string): Promise<boolean> {
  const { members } = repository(app.db, { type: 'system' });
  return (await members.membershipsOf(userId)).some(({ requireTwoFactor }) => requireTwoFactor);
}

function hashesOf(userId: string, codes: readonly string[]): string[] {
  return codes.map((code) => hashRecoveryCode(userId, code));
}
