import { iconsOf, listing } from '../listing.ts';

/** Characters of a result that Claude Code shows to its model unless a tool says otherwise, and what one can say. */
const CLAUDE_CODE = { takes: 50_000, most: 500_000 };

/** `tools/list`. */
export const toolsList = listing('tools', (contract, list) => {
  if (contract.kind !== 'tool') return null;
  const { name, title, description, inputSchema, outputSchema, annotations } = contract;
  return {
    name,
    ...(title && { title }),
    ...iconsOf(contract, list),
    description,
    inputSchema,
    ...(outputSchema && { outputSchema }),
    ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
    ...(list.budget > CLAUDE_CODE.takes && {
      _meta: { 'anthropic/maxResultSizeChars': Math.min(list.budget, CLAUDE_CODE.most) },
    }),
  };
});
