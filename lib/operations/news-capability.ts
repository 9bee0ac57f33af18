import type { Events } from '#lib/db/events.ts';
import type { McpList, NewsCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { MAX_URI } from '#lib/workflow/uri-template.ts';

/** Tells every process that whoever is subscribed to a resource should read it again. */
export const RESOURCE_CHANGED = 'resource.changed';
export type ResourceChanged = { projectId: string; uri: string };

/** Tells every process that clients of a project should list its tools, prompts or resources again. */
export const LIST_CHANGED = 'list.changed';
export type ListChanged = { projectId: string; list: McpList };

/** The same news of a project go out once in this time, in ms, so that a loop floods no client. */
const PAUSE_MS = 200;

/**
 * Makes what tells clients of a project that something changed. The first news go out at once; the same ones within
 * 200 ms are told once more, at the end of that time, so that the last one is never lost.
 */
export function createNews(
  events: Pick<Events, 'publish'>,
): (scope: { projectId: string }) => NewsCapability {
  const publish = oncePerPause(events);
  return ({ projectId }) => ({
    async resourceChanged(uri) {
      const isUri =
        /^[A-Za-z][A-Za-z0-9+.-]*:./.test(uri) && uri.length <= MAX_URI && !/[^\x21-\x7e]/.test(uri);
      if (!isUri) {
        throw new StepError(
          'RESOURCE_URI',
          `${JSON.stringify(uri.slice(0, 100))} is no URI of a resource: write it as clients read it, for example orders://7, without spaces.`,
          { details: { field: ['uri'] } },
        );
      }
      publish(RESOURCE_CHANGED, { projectId, uri } satisfies ResourceChanged);
    },
    async listChanged(list) {
      publish(LIST_CHANGED, { projectId, list } satisfies ListChanged);
    },
  });
}

function oncePerPause(events: Pick<Events, 'publish'>): (topic: string, payload: JsonObject) => void {
  /** What was told within the last pause, and whether it was asked for again. */
  const told = new Map<string, { again: boolean }>();
  return function publish(topic, payload) {
    const key = `${topic} ${JSON.stringify(payload)}`;
    const before = told.get(key);
    if (before) {
      before.again = true;
      return;
    }
    const one = { again: false };
    told.set(key, one);
    events.publish(topic, payload);
    setTimeout(() => {
      told.delete(key);
      if (one.again) publish(topic, payload);
    }, PAUSE_MS).unref();
  };
}
