import { listing } from '../listing.ts';

/** `tools/list`. */
export const toolsList = listing('tools', (contract) => {
  if (contract.kind !== 'tool') return null;
  const { name, title, description, inputSchema, outputSchema, annotations } = contract;
  return {
    name,
    ...(title && { title }),
    description,
    inputSchema,
    ...(outputSchema && { outputSchema }),
    ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
  };
});
