import { describeResource } from '../describe-resource.ts';
import { listing } from '../listing.ts';

/** `resources/list`: those whose URI is fixed. */
export const resourcesList = listing('resources', (contract) => {
  const uri = contract.resource?.uri;
  return uri === undefined ? null : { uri, ...describeResource(contract) };
});
