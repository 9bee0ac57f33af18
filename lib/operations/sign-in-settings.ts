import { checkProvider, SignOnError } from '#lib/auth/single-sign-on.ts';
import { requireRole } from '#lib/db/access.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { SingleSignOn, SingleSignOnInput } from '#lib/db/single-sign-on.ts';
import type { App } from './app.ts';
import { tellSessionEnded } from './session-signal.ts';
import { sealClientSecret, signOnRedirectUri } from './single-sign-on.ts';

export interface SignInSettings {
  requireTwoFactor: boolean;
  /** Leads to the identity provider at once. */
  signInLink: string;
  /** To be entered at the identity provider. */
  redirectUri: string;
  singleSignOn: SingleSignOn | null;
}

/** How members of the organization sign in. Owners only. */
export async function readSignInSettings(app: App, principal: Principal): Promise<SignInSettings> {
  requireRole(principal, 'owner');
  const { singleSignOn } = repository(app.db, principal);
  const [settings, { slug, requireTwoFactor: required }] = await Promise.all([
    singleSignOn.read(),
    singleSignOn.organization(),
  ]);
  return {
    requireTwoFactor: required,
    signInLink: `${app.env.publicUrl}/sign-in/sso/${slug}`,
    redirectUri: signOnRedirectUri(app),
    singleSignOn: settings,
  };
}

/**
 * Sets the identity provider, after it was asked whether it is one. Owners only. Throws `invalid` when it does not
 * answer as one does, and `conflict` for a domain that leads to another organization.
 */
export async function saveSingleSignOn(
  app: App,
  principal: Principal,
  input: SingleSignOnInput,
): Promise<SignInSettings> {
  requireRole(principal, 'owner');
  if (principal.type !== 'user') throw new AppError('forbidden', 'Only an owner may do this.');
  const { issuer, clientSecret } = input;
  await checkProvider(app.egress, issuer).catch((error: unknown) => {
    if (!(error instanceof SignOnError)) throw error;
    throw new AppError('invalid', `The issuer ${issuer} is not to be used: ${error.message}`, {
      field: 'issuer',
    });
  });
  if (!input.passwords) await requireWayBack(app, principal);
  const { organizationId } = principal;
  const secret =
    clientSecret === undefined
      ? {}
      : { clientSecret: await sealClientSecret(app, organizationId, clientSecret) };
  await repository(app.db, principal).singleSignOn.save({ ...input, ...secret });
  tellSessionEnded(app);
  return readSignInSettings(app, principal);
}

/** Where nobody but the provider lets people in, an owner with a password does when it is broken. */
async function requireWayBack(app: App, principal: Principal): Promise<void> {
  const owners = (await repository(app.db, principal).members.list()).filter(({ role }) => role === 'owner');
  const { credentials } = repository(app.db, { type: 'system' });
  const people = await Promise.all(owners.map(({ userId }) => credentials.find(userId)));
  if (people.some((person) => person?.password != null)) return;
  throw new AppError(
    'conflict',
    'No owner has a password. One of them needs one, so that there is a way in when the identity provider does not answer.',
  );
}

/** Takes single sign-on away; its sessions end. Owners only. */
export async function removeSingleSignOn(app: App, principal: Principal): Promise<SignInSettings> {
  await repository(app.db, principal).singleSignOn.remove();
  tellSessionEnded(app);
  return readSignInSettings(app, principal);
}

/** Asks every member who signs in with a password for a second factor, or no longer. Owners only. */
export async function requireTwoFactor(
  app: App,
  principal: Principal,
  required: boolean,
): Promise<SignInSettings> {
  await repository(app.db, principal).singleSignOn.requireTwoFactor(required);
  return readSignInSettings(app, principal);
}
