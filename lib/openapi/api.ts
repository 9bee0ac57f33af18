import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';

/** Something wrong in a description, in words. `note`: worth knowing, and nothing is lost by it but what it names. */
export interface ApiFault {
  severity: 'error' | 'note';
  message: string;
  /** A JSON pointer into the text as it was given (`#/paths/~1pets/get`), or `line 12`. */
  place: string;
  /** The operation that cannot be imported because of it. */
  operation?: string;
}

/** How the API wants to be told who calls. */
export interface ApiScheme {
  name: string;
  /** `query`: a key in the address. `oauth`: a sign-in that is not possible here; an access token is sent instead. */
  type: 'bearer' | 'basic' | 'header' | 'query' | 'cookie' | 'oauth';
  /** Name of the header, the query parameter or the cookie. */
  parameter: string | null;
}

export type ParameterPlace = 'path' | 'query' | 'header' | 'cookie' | 'body';

/** One thing a caller can say: a parameter, a member of the body, or the body as a whole. */
export interface ApiArgument {
  /** `query.limit`, `body.name`; `body` for the whole. Stable across versions of a description. */
  id: string;
  in: ParameterPlace;
  /** As the API calls it. */
  name: string;
  /** Proposed name of the argument. */
  argument: string;
  required: boolean;
  deprecated: boolean;
  description: string;
  /** As it stands in the description: references and all. */
  schema: JsonSchema;
  style: string;
  explode: boolean;
  /** Written as JSON inside of its place. */
  asJson: boolean;
}

export interface ApiBody {
  type: 'json' | 'form' | 'multipart' | 'raw';
  contentType: string;
  /** Each member is an argument of its own; otherwise the whole is one. */
  flat: boolean;
}

export type ApiResponse =
  /** `mayBeEmpty`: other answers of success have no body. */
  | { type: 'json'; contentType: string; schema: JsonSchema; mayBeEmpty: boolean }
  | { type: 'text'; contentType: string }
  | { type: 'file'; contentType: string }
  | { type: 'none' };

export interface ApiOperation {
  /** `GET /pets/{id}`. */
  id: string;
  method: string;
  path: string;
  /** As the description calls it; empty when it does not. */
  operationId: string;
  /** The first of its tags; empty without. */
  tag: string;
  summary: string;
  description: string;
  deprecated: boolean;
  arguments: ApiArgument[];
  body: ApiBody | null;
  response: ApiResponse;
  /** Name of the scheme it is called with; null when it needs none. */
  scheme: string | null;
  /** Its own server, where it has another than the rest. */
  server: string | null;
  /** Why it cannot be imported; empty when it can. */
  faults: string[];
}

/** A description, read: whatever its version was, as 3.1. */
export interface Api {
  title: string;
  version: string;
  description: string;
  /** Proposed base address, with the defaults of its variables; empty when it says none. */
  server: string;
  /** The other addresses it names. */
  otherServers: string[];
  operations: ApiOperation[];
  schemes: ApiScheme[];
  faults: ApiFault[];
  /** What `$ref`s point into. */
  root: JsonObject;
}

/** What somebody decided about an argument. */
export interface ArgumentChoice {
  /** The caller does not see it, and it is not sent. */
  hidden?: boolean | undefined;
  /** The caller does not see it, and this is sent. */
  value?: JsonValue | undefined;
  /** Another name. */
  name?: string | undefined;
  description?: string | undefined;
}

/** What somebody decided about an operation. What is left out is as proposed. */
export interface OperationChoice {
  name?: string | undefined;
  title?: string | undefined;
  description?: string | undefined;
  /** By the id of the argument. */
  arguments?: Record<string, ArgumentChoice> | undefined;
  /** Paths of the response (`data[].id`) that are passed on; all of it when left out. */
  fields?: string[] | undefined;
}
