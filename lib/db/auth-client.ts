import type { PrismaClient } from './gen/sqlite/client.ts';

/**
 * The client as better-auth's Prisma adapter needs it: it passes `select: undefined` for "all columns", which our
 * client refuses, as an undefined condition elsewhere would mean "all rows".
 */
export function authClientOf(prisma: PrismaClient): object {
  return prisma.$extends({
    query: {
      $allModels: {
        $allOperations({ args, query }) {
          const { select, ...rest } = args as { select?: unknown };
          return query((select === undefined ? rest : args) as typeof args);
        },
      },
    },
  });
}
