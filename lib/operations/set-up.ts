import { isSetupToken, setupToken } from '#lib/auth/setup-token.ts';
import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { importStarter } from './import-starter.ts';
import { signIn } from './sign-in.ts';
import type { Who } from './who-is.ts';

export interface FirstOwner {
  name: string;
  email: string;
  password: string;
  organization: string;
}

/** Whether there is nobody yet who could sign in. */
export async function isSetUpNeeded(app: App): Promise<boolean> {
  return (await repository(app.db, { type: 'system' }).members.count()) === 0;
}

/** The page that makes the first owner. Good until there is one. */
export function setUpLink(app: App): string {
  return `${app.env.publicUrl}/setup?token=${setupToken(app.secrets)}`;
}

/** Makes the first owner for whoever has the link of the server's log. Throws `gone` when there is one already. */
export async function setUp(
  app: App,
  { token, ...owner }: FirstOwner & { token: string },
  from: { headers: Headers; address: string },
): Promise<Who> {
  const names = [`set-up ${from.address}`];
  app.attempts.check(names);
  if (!(await isSetUpNeeded(app)))
    throw new AppError('gone', 'This server is set up already. Sign in instead.');
  if (!isSetupToken(app.secrets, token)) {
    app.attempts.failed(names);
    throw new AppError(
      'forbidden',
      'This set-up link is not right. Take the one that the server printed at its start.',
    );
  }
  await createFirstOwner(app, owner);
  const outcome = await signIn(app, { email: owner.email, password: owner.password, ...from });
  if ('who' in outcome) return outcome.who;
  throw new AppError('conflict', 'This server is set up. Sign in.');
}

/** The set-up under way in this process: two that arrive together make one owner. */
const underway = new WeakMap<App, Promise<void>>();

/** Makes the first user, the organization and the project that shows how it works. Throws `gone` when there is one. */
export async function createFirstOwner(app: App, owner: FirstOwner): Promise<void> {
  if (underway.has(app)) throw new AppError('conflict', 'Somebody is setting this server up right now.');
  const work = create(app, owner).finally(() => underway.delete(app));
  underway.set(app, work);
  await work;
}

async function create(app: App, owner: FirstOwner): Promise<void> {
  if (!(await isSetUpNeeded(app)))
    throw new AppError('gone', 'This server is set up already. Sign in instead.');
  const people = await app.signIn();
  const ownerId = await people.createUser(owner);
  const { members } = repository(app.db, { type: 'system' });
  const organization = await members.defaultOrganization();
  await members.adoptOrganization(organization.id, { name: owner.organization, ownerId });
  app.log.info({ organization: owner.organization }, 'the first owner was made');
  try {
    await importStarter(app, organization.id);
  } catch (error) {
    // The owner exists and can go on without the example.
    app.log.warn({ err: error }, 'the starter project was not imported');
  }
}
