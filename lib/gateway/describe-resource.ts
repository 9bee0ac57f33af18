import type { Contract } from '#lib/workflow/contract.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { iconsOf } from './listing.ts';

/** What the lists of resources and of templates say of one, but for where it is. */
export function describeResource(contract: Contract, list: { icons: boolean }): JsonObject {
  const { name, title, description, resource } = contract;
  const { mimeType, annotations } = resource ?? {};
  return {
    name,
    ...(title && { title }),
    ...iconsOf(contract, list),
    ...(description && { description }),
    ...(mimeType !== undefined && { mimeType }),
    ...(annotations && { annotations: { ...annotations } }),
  };
}
