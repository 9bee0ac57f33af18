import type { Events } from '#lib/db/events.ts';
import type { ResourcesCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { MAX_URI } from '#lib/workflow/uri-template.ts';

/** Tells every process that whoever is subscribed to a resource should read it again: `{ projectId, uri }`. */
export const RESOURCE_CHANGED = 'resource.changed';

/** The resources of one project. */
export function resourcesFor(
  events: Pick<Events, 'publish'>,
  { projectId }: { projectId: string },
): ResourcesCapability {
  return {
    async changed(uri) {
      const isUri =
        /^[A-Za-z][A-Za-z0-9+.-]*:./.test(uri) && uri.length <= MAX_URI && !/[^\x21-\x7e]/.test(uri);
      if (!isUri) {
        throw new StepError(
          'RESOURCE_URI',
          `${JSON.stringify(uri.slice(0, 100))} is no URI of a resource: write it as clients read it, for example orders://7, without spaces.`,
          { details: { field: ['uri'] } },
        );
      }
      events.publish(RESOURCE_CHANGED, { projectId, uri });
    },
  };
}
