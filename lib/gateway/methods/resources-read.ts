import { findResources } from '#lib/operations/live-resources.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import { fromTexts } from '#lib/workflow/text-arguments.ts';
import { callWorkflow } from '../call-workflow.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { argumentFaults } from '../failure-text.ts';
import { readDocument } from '../read-document.ts';
import { resourceForm } from '../resource-form.ts';
import { resourceNotFound } from '../resource-not-found.ts';

/** `resources/read`: runs the live workflow whose URI it is, or whose template fits; or gives a document. */
export const resourcesRead: Method = async (exchange) => {
  const uri = requestedUri(exchange);
  const { project, principal } = exchange.caller;
  const found = findResources(project, uri)
    .filter(({ workflow }) => mayCall(principal, project, workflow.contract.name))
    .map(({ workflow, texts }) => ({ workflow, args: fromTexts(workflow.contract.inputSchema, texts) }));
  // Of several templates that fit, the first whose arguments do.
  const chosen = found.find(({ workflow, args }) => workflow.validateInput(args) === null);
  if (chosen) return callWorkflow(exchange, { ...chosen, form: resourceForm(exchange, uri) });
  const [first] = found;
  const faults = first && argumentFaults(first.workflow, first.args);
  if (faults) throw new Fault('invalid_params', faults, { data: { uri } });
  const document = await readDocument(exchange, uri);
  if (document !== null) return document;
  throw resourceNotFound(exchange, uri);
};

/** Throws Fault -32602 where the request names none. */
export function requestedUri({ message }: Exchange): string {
  const uri = message.params?.['uri'];
  if (typeof uri === 'string') return uri;
  throw new Fault('invalid_params', 'params.uri must be the URI of a resource.');
}
