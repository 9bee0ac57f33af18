import type { RunOutput } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { contentOf } from './content.ts';
import type { Caller } from './exchange.ts';

/** The answer of a tool as members of its result. */
export async function toolAnswer({ app, project }: Caller, output: RunOutput): Promise<JsonObject> {
  const content = await contentOf(output, app.files.of(project.id));
  const { structured } = output;
  return { content, ...(structured !== undefined && { structuredContent: structured }) };
}
