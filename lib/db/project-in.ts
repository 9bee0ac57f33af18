import type { Scope } from './access.ts';
import { idOf, notFound } from './check.ts';
import type { Database, Tx } from './database.ts';

/** The project, if it is within the scope; else throws `not_found`. */
export async function projectIn(
  client: Tx | Database['prisma'],
  { organizationId, projectId: only }: Scope,
  projectId: string,
): Promise<{ id: string; organizationId: string }> {
  const row = await client.project.findFirst({
    where: {
      AND: [
        { id: idOf(projectId, 'project') },
        organizationId === undefined ? {} : { organizationId },
        only === undefined ? {} : { id: only },
      ],
    },
    select: { id: true, organizationId: true },
  });
  return row ?? notFound('project');
}
