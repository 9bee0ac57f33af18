import type { Contract } from '#lib/workflow/contract.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** What the lists of resources and of templates say of one, but for where it is. */
export function describeResource({ name, title, description, resource }: Contract): JsonObject {
  const { mimeType, annotations } = resource ?? {};
  return {
    name,
    ...(title && { title }),
    ...(description && { description }),
    ...(mimeType !== undefined && { mimeType }),
    ...(annotations && { annotations: { ...annotations } }),
  };
}
