import { listing } from '../listing.ts';

/** `prompts/list`. */
export const promptsList = listing('prompts', ({ kind, name, title, description, arguments: all = [] }) => {
  if (kind !== 'prompt') return null;
  return {
    name,
    ...(title && { title }),
    description,
    ...(all.length > 0 && { arguments: all.map((argument) => ({ ...argument })) }),
  };
});
