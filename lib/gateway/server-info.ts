import type { LiveProject } from '#lib/operations/live.ts';
import { toldIcon } from '#lib/workflow/icon.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { serverInfo } from './protocol.ts';
import { hasIcons, hasTitles } from './revision.ts';

/** What this server says of itself to a client that connects: with its icon, which no other result repeats. */
export function fullServerInfo(project: LiveProject, revision: string): JsonObject {
  const { title, ...rest } = serverInfo(project);
  return {
    ...rest,
    ...(hasTitles(revision) && { title }),
    ...(hasIcons(revision) && project.icon !== '' && { icons: [{ ...toldIcon(project.icon) }] }),
  };
}
