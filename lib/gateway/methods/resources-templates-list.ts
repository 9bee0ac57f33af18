import { describeResource } from '../describe-resource.ts';
import { listing } from '../listing.ts';

/** `resources/templates/list`. */
export const resourcesTemplatesList = listing('resourceTemplates', (contract) => {
  const uriTemplate = contract.resource?.uriTemplate;
  return uriTemplate === undefined ? null : { uriTemplate, ...describeResource(contract) };
});
