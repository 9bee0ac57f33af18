import { KNOWLEDGE_TEMPLATE, mayReadOffered } from '#lib/operations/offered.ts';
import { describeResource } from '../describe-resource.ts';
import { listing } from '../listing.ts';

/** `resources/templates/list`: of workflows, and the one that every document of a knowledge base fits. */
export const resourcesTemplatesList = listing(
  'resourceTemplates',
  (contract, list) => {
    const uriTemplate = contract.resource?.uriTemplate;
    return uriTemplate === undefined ? null : { uriTemplate, ...describeResource(contract, list) };
  },
  (project, principal) => {
    if (!mayReadOffered(principal, project)) return [];
    const description = 'A document of a knowledge base, by the names of both.';
    return [{ uriTemplate: KNOWLEDGE_TEMPLATE, name: 'knowledge', title: 'Documents', description }];
  },
);
