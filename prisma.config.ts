import { defineConfig } from 'prisma/config';

/** Only the command line of Prisma reads this; the program opens its database through lib/db/client.ts. */
export default defineConfig({ schema: 'prisma/schema.prisma' });
