import { iconsOf, listing } from '../listing.ts';

/** `prompts/list`. */
export const promptsList = listing('prompts', (contract, list) => {
  const { kind, name, title, description, arguments: all = [] } = contract;
  if (kind !== 'prompt') return null;
  return {
    name,
    ...(title && { title }),
    ...iconsOf(contract, list),
    description,
    ...(all.length > 0 && { arguments: all.map((argument) => ({ ...argument })) }),
  };
});
