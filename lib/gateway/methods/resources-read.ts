import { resourceAt } from '#lib/operations/live-resources.ts';
import { callWorkflow } from '../call-workflow.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { argumentFaults } from '../failure-text.ts';
import { takeCall } from '../limits.ts';
import { mustBeGrantedToRead } from '../must-be-granted.ts';
import { readDocument } from '../read-document.ts';
import { readRest } from '../read-rest.ts';
import { resourceForm } from '../resource-form.ts';
import { resourceNotFound } from '../resource-not-found.ts';

/**
 * `resources/read`: runs the live workflow whose URI it is, or whose template fits; or gives a document, or the rest of a
 * result that was cut.
 */
export const resourcesRead: Method = async (exchange) => {
  const uri = requestedUri(exchange);
  // Asked for before the templates of workflows: one of them may fit its URI by chance.
  const rest = await readRest(exchange, uri);
  if (rest !== null) return rest;
  const { project, principal } = exchange.caller;
  const { fitting, unfit } = resourceAt(project, principal, uri) ?? {};
  if (fitting) {
    await takeCall(exchange.caller, false);
    return callWorkflow(exchange, { ...fitting, form: resourceForm(exchange, uri) });
  }
  const faults = unfit && argumentFaults(unfit.workflow, unfit.args);
  if (faults) throw new Fault('invalid_params', faults, { data: { uri } });
  const document = await readDocument(exchange, uri);
  if (document !== null) return document;
  mustBeGrantedToRead(exchange.caller, uri);
  throw resourceNotFound(exchange, uri);
};

/** Throws Fault -32602 where the request names none. */
export function requestedUri({ message }: Exchange): string {
  const uri = message.params?.['uri'];
  if (typeof uri === 'string') return uri;
  throw new Fault('invalid_params', 'params.uri must be the URI of a resource.');
}
