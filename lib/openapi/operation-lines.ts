import type { JsonValue } from '#lib/workflow/json.ts';
import { definitionCost } from '#lib/workflow/token-cost.ts';
import type { Api, ApiOperation, OperationChoice, ParameterPlace } from './api.ts';
import { flatSchema } from './flat-schema.ts';
import { operationDescription, operationName, operationTitle } from './operation-words.ts';
import { choiceFaults, operationWorkflow } from './operation-workflow.ts';
import { documentContract } from './request-document.ts';
import { type ResponseField, responseFields, typeWords } from './response-fields.ts';
import { freeName } from './tool-name.ts';
import { toolSchema } from './tool-schema.ts';

/** An operation in a list of them. */
export interface OperationLine {
  id: string;
  method: string;
  path: string;
  tag: string;
  /** Proposed name of its tool, distinct within the description. */
  name: string;
  title: string;
  deprecated: boolean;
  /** What the definition of its tool costs, about. */
  tokens: number;
  /** Name of the scheme it is called with. */
  scheme: string | null;
  /** Its own server, where it has another than the rest. */
  server: string | null;
  /** Why it cannot be imported. */
  faults: string[];
}

export interface ArgumentLine {
  id: string;
  in: ParameterPlace;
  /** As the API calls it. */
  name: string;
  /** Proposed name of the argument. */
  argument: string;
  type: string;
  required: boolean;
  deprecated: boolean;
  description: string;
  /** What it may be, where that is a list. */
  values: JsonValue[];
}

/** An operation with all that can be decided about it. */
export interface OperationDetail extends OperationLine {
  description: string;
  arguments: ArgumentLine[];
  fields: ResponseField[];
}

/** Any address will do to reckon what a definition costs. */
const PLACE = { base: 'https://api.example.com' };

/** All operations of a description, with distinct names. */
export function operationLines(api: Api): OperationLine[] {
  const taken = new Set<string>();
  return api.operations.map((operation) => {
    const name = freeName(operationName(operation), taken);
    taken.add(name);
    return lineOf(api, operation, { name });
  });
}

/** One operation. `choice` has at least its name. */
export function operationDetail(api: Api, operation: ApiOperation, choice: OperationChoice): OperationDetail {
  const { response } = operation;
  return {
    ...lineOf(api, operation, choice),
    description: operationDescription(api, operation),
    arguments: operation.arguments.map((argument) => {
      const flat = flatSchema(api.root, argument.schema);
      const { enum: values } = flat;
      return {
        id: argument.id,
        in: argument.in,
        name: argument.name,
        argument: argument.argument,
        type: typeWords(flat),
        required: argument.required,
        deprecated: argument.deprecated,
        description: argument.description,
        values: Array.isArray(values) ? values.slice(0, 100) : [],
      };
    }),
    fields: response.type === 'json' ? responseFields(toolSchema(api.root, response.schema, 'answer')) : [],
  };
}

function lineOf(api: Api, operation: ApiOperation, choice: OperationChoice): OperationLine {
  const { id, method, path, tag, deprecated, scheme, server, faults } = operation;
  return {
    id,
    method,
    path,
    tag,
    scheme,
    server,
    name: choice.name ?? operationName(operation),
    title: operationTitle(operation),
    deprecated,
    tokens:
      faults.length > 0
        ? 0
        : definitionCost(documentContract(operationWorkflow(api, operation, choice, PLACE))),
    faults: [...faults, ...choiceFaults(operation, choice)],
  };
}
