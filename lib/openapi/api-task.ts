import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { Api, ApiFault, ApiOperation, ApiScheme, OperationChoice } from './api.ts';
import { type ApiDifference, compareApis } from './compare-apis.ts';
import {
  type OperationDetail,
  type OperationLine,
  operationDetail,
  operationLines,
} from './operation-lines.ts';
import { choiceFaults, type OperationPlace, operationWorkflow } from './operation-workflow.ts';
import { readApi } from './read-api.ts';
import { MOST_CHARACTERS } from './read-text.ts';

/** A description as it is stored. */
export interface ApiText {
  text: string;
  /** Where it was fetched. */
  url: string | null;
}

export type ApiTask =
  | {
      type: 'read';
      api: ApiText;
      /** An older description of the same API, with the choices that were made for it. */
      earlier?: { api: ApiText; choices: Record<string, OperationChoice> } | undefined;
    }
  | { type: 'detail'; api: ApiText; operation: string; choice: OperationChoice }
  | { type: 'documents'; api: ApiText; wanted: WantedOperation[] };

export interface WantedOperation {
  id: string;
  choice: OperationChoice;
  place: OperationPlace;
}

export interface ReadDescription {
  title: string;
  version: string;
  description: string;
  server: string;
  otherServers: string[];
  schemes: ApiScheme[];
  faults: ApiFault[];
  operations: OperationLine[];
  difference: ApiDifference | null;
  /** The document as JSON of 3.1, where it was YAML: reading that again takes a tenth of the time. */
  json: string | null;
}

/** `faults` say why there is no document. */
export type MadeDocument = { id: string } & ({ document: WorkflowDocument } | { faults: string[] });

export interface ApiAnswers {
  read: ReadDescription;
  /** Null when there is no such operation. */
  detail: (OperationDetail & { document: WorkflowDocument }) | null;
  documents: MadeDocument[];
}

/** Does a piece of work on a description. What goes in and comes out is plain data, so that a thread can do it. */
export function doApiTask(task: ApiTask): ApiAnswers[ApiTask['type']] {
  const api = readApi(task.api.text, task.api.url);
  const byId = new Map(api.operations.map((operation) => [operation.id, operation]));
  switch (task.type) {
    case 'read':
      return { ...readAnswer(api, task.earlier), json: asJson(task.api.text, api) };
    case 'detail': {
      const operation = byId.get(task.operation);
      return operation ? detailOf(api, operation, task.choice) : null;
    }
    case 'documents':
      return task.wanted.map(({ id, choice, place }) => {
        const operation = byId.get(id);
        if (!operation) return { id, faults: ['There is no such operation in the description.'] };
        const faults = [...operation.faults, ...choiceFaults(operation, choice)];
        if (faults.length > 0) return { id, faults };
        return { id, document: operationWorkflow(api, operation, choice, place) };
      });
  }
}

const PLACE = { base: 'https://api.example.com' };

function detailOf(api: Api, operation: ApiOperation, choice: OperationChoice): ApiAnswers['detail'] {
  return {
    ...operationDetail(api, operation, choice),
    document: operationWorkflow(api, operation, choice, PLACE),
  };
}

function asJson(text: string, { root }: Api): string | null {
  if (text.trimStart().startsWith('{') || Object.keys(root).length === 0) return null;
  const json = JSON.stringify(root);
  return json.length <= MOST_CHARACTERS ? json : null;
}

function readAnswer(
  api: Api,
  earlier: (ApiTask & { type: 'read' })['earlier'],
): Omit<ReadDescription, 'json'> {
  const { title, version, description, server, otherServers, schemes, faults } = api;
  const difference = earlier
    ? compareApis(readApi(earlier.api.text, earlier.api.url), api, earlier.choices)
    : null;
  const operations = operationLines(api);
  return { title, version, description, server, otherServers, schemes, faults, operations, difference };
}
