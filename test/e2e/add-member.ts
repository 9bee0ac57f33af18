import { parseArgs } from 'node:util';
import type { Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { createApp } from '#lib/operations/app.ts';
import { parseEnv } from '#lib/operations/env.ts';

/** Makes a second person in the organization of a Patchbay that runs on this data folder. */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    name: { type: 'string', default: '' },
    email: { type: 'string', default: '' },
    password: { type: 'string', default: '' },
    role: { type: 'string', default: 'editor' },
  },
});
const { data, name, email, password, role } = values;
const app = await createApp(parseEnv({ DATA_DIR: data, LOG_LEVEL: 'silent' }));
const userId = await (await app.signIn()).createUser({ name, email, password });
const { members } = repository(app.db, { type: 'system' });
await members.add((await members.defaultOrganization()).id, userId, role as Role);
await app.close();
