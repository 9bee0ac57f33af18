import { listing } from '../listing.ts';

/** Characters of a result that Claude Code shows to its model unless a tool says otherwise, and what one can say. */
const CLAUDE_CODE = { takes: 50_000, most: 500_000 };

/** `tools/list`. */
export const toolsList = listing('tools', (contract, { budget }) => {
  if (contract.kind !== 'tool') return null;
  const { name, title, description, inputSchema, outputSchema, annotations } = contract;
  return {
    name,
    ...(title && { title }),
    description,
    inputSchema,
    ...(outputSchema && { outputSchema }),
    ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
    ...(budget > CLAUDE_CODE.takes && {
      _meta: { 'anthropic/maxResultSizeChars': Math.min(budget, CLAUDE_CODE.most) },
    }),
  };
});
