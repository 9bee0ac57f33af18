import type { JsonObject } from '#lib/workflow/json.ts';

/** A difference from the SDK's own server that is meant. */
export interface Intended {
  why: string;
  legs: readonly Leg[];
  /** Names of cases. */
  cases: readonly string[];
  /** Status and outcome there and here; not given where only the result is another. */
  outcomes?: { sdk: string; ours: string };
  /** Members of the result that are ours. */
  result?: JsonObject;
}

export type Leg = '2026-07-28' | '2025 without a session' | '2025 with a session';

const EVERY: Leg[] = ['2026-07-28', '2025 without a session', '2025 with a session'];
const MODERN: Leg[] = ['2026-07-28'];
const STATELESS: Leg[] = ['2025 without a session'];
const SESSION: Leg[] = ['2025 with a session'];
const OLD: Leg[] = [...STATELESS, ...SESSION];

const ACCEPTS = [
  ...['Accept: undefined', 'Accept: */*', 'Accept: application/json', 'Accept: text/event-stream'],
  ...['Accept: text/html', 'Accept: application/*, text/*'],
];

export const INTENDED: readonly Intended[] = [
  {
    why: 'Each list is one page: a cursor is none that was handed out, and those SHOULD be -32602 (pagination).',
    legs: EVERY,
    cases: ['list of tools, a page of it'],
    outcomes: { sdk: '200 result of 1', ours: '200 error -32602 of 1' },
  },
  {
    why: 'Params of the wrong form are -32602 (JSON-RPC); the SDK lets the error of its parser out as internal.',
    legs: EVERY,
    cases: ['prompt with a number', 'prompt of nothing', 'resource of nothing', 'completion of nothing'],
    outcomes: { sdk: '200 error -32603 of 1', ours: '200 error -32602 of 1' },
  },
  {
    why: 'Whoever mistypes the name of an argument should hear of it, and not that there is nothing to propose.',
    legs: EVERY,
    cases: ['completion of an unknown argument'],
    outcomes: { sdk: '200 result of 1', ours: '200 error -32602 of 1' },
  },
  {
    why: 'Nothing is proposed either way; how many there are is said here in each answer.',
    legs: EVERY,
    cases: ['completion of a template'],
    result: { completion: { values: [], total: 0, hasMore: false } },
  },
  {
    why: 'Variables of a template are decoded, as RFC 6570 encodes them.',
    legs: EVERY,
    cases: ['resource of a template, encoded'],
    result: { contents: [{ uri: 'orders://4%202', mimeType: 'text/plain', text: 'order 4 2' }] },
  },
  {
    why: 'In 2025 a resource that there is not is -32002 (resources, error handling); the SDK has the code of 2026.',
    legs: OLD,
    cases: ['unknown resource', 'resource that is no URI'],
    outcomes: { sdk: '200 error -32602 of 1', ours: '200 error -32002 of 1' },
  },
  {
    why: 'An id is a text or an integer: a number that is none is no id to answer under.',
    legs: MODERN,
    cases: ['an id that is a fraction'],
    outcomes: { sdk: '400 error -32600 of 1.5', ours: '400 error -32600 of null' },
  },
  {
    why: 'The same.',
    legs: STATELESS,
    cases: ['the body {"jsonrpc":"2.0","id":1.5,"method":"ping"}'],
    outcomes: { sdk: '400 error -32600 of 1.5', ours: '400 error -32600 of null' },
  },
  {
    why: 'It was sent as …993, and is another number when it was read.',
    legs: MODERN,
    cases: ['an id past 2^53'],
    outcomes: { sdk: '400 error -32600 of 9007199254740992', ours: '400 error -32600 of null' },
  },
  {
    why: 'Connectors in use send a body of 2026 under older headers or none (claude-code#93290).',
    legs: MODERN,
    cases: ['no version header', 'no headers of the protocol', 'the version header of 2025'],
    outcomes: { sdk: '400 error -32020 of 1', ours: '200 result of 1' },
  },
  {
    why: 'What a client takes decides how it is answered, not whether: connectors in use send only application/json.',
    legs: OLD,
    cases: ACCEPTS,
    outcomes: { sdk: '406 error -32000 of null', ours: '200 result of 1' },
  },
  {
    why: 'Revisions before Streamable HTTP are not agreed on over it; the newest is offered instead.',
    legs: STATELESS,
    cases: ['initialize of 2024-11-05', 'initialize of 2024-10-07'],
    result: { protocolVersion: '2025-11-25' },
  },
  {
    why: 'A client that leaves out what it says of itself is served: nothing of that is needed.',
    legs: STATELESS,
    cases: ['initialize of 5', 'initialize without anything', 'initialize without the client'],
    outcomes: { sdk: '200 error -32603 of 1', ours: '200 result of 1' },
  },
  {
    why: 'A revision that is not served.',
    legs: OLD,
    cases: ['the version header 2024-10-07'],
    outcomes: { sdk: '200 result of 1', ours: '400 error -32000 of 1' },
  },
  {
    why: 'A version that could be of a later era wants an envelope, as the SDK answers without a session.',
    legs: SESSION,
    cases: ['the version header 2099-01-01', 'the version header x'],
    outcomes: { sdk: '400 error -32000 of null', ours: '400 error -32602 of 1' },
  },
  {
    why: 'A batch is answered with an array (JSON-RPC, section 6), also one of one.',
    legs: OLD,
    cases: ['a batch without a version header'],
    outcomes: { sdk: '200 result of 1', ours: '200 batch' },
  },
  {
    why: 'Batches were removed in 2025-06-18.',
    legs: OLD,
    cases: ['a batch of 2025-11-25'],
    outcomes: { sdk: '200 result of 1', ours: '400 error -32600 of null' },
  },
  {
    why: 'An empty batch is an invalid request (JSON-RPC, section 6), as the SDK says without a session.',
    legs: SESSION,
    cases: ['an empty batch'],
    outcomes: { sdk: '202', ours: '400 error -32600 of null' },
  },
  {
    why: 'Each message of a batch is answered for itself (JSON-RPC, section 6).',
    legs: STATELESS,
    cases: ['a batch with what is no message'],
    outcomes: { sdk: '400 error -32600 of null', ours: '200 batch' },
  },
  {
    why: 'The same.',
    legs: SESSION,
    cases: ['a batch with what is no message'],
    outcomes: { sdk: '400 error -32700 of null', ours: '200 batch' },
  },
  {
    why: 'JSON that is sent has no byte order mark (RFC 8259, section 8.1); the SDK reads past it.',
    legs: STATELESS,
    cases: ['the body "\ufeff{}"'],
    outcomes: { sdk: '400 error -32600 of null', ours: '400 error -32700 of null' },
  },
  {
    why: 'A member that nobody knows does no harm.',
    legs: STATELESS,
    cases: ['the body {"jsonrpc":"2.0","id":1,"method":"ping","extra":1}'],
    outcomes: { sdk: '400 error -32600 of 1', ours: '200 result of 1' },
  },
  {
    why: 'The same.',
    legs: SESSION,
    cases: ['the body {"jsonrpc":"2.0","id":1,"method":"ping","extra":1}'],
    outcomes: { sdk: '400 error -32700 of null', ours: '200 result of 1' },
  },
  {
    why: 'It is JSON, and no message: -32600, as the SDK says without a session.',
    legs: SESSION,
    cases: [
      'the body "null"',
      'the body 5',
      'the body "ping"',
      'the body {}',
      'the body {"jsonrpc":"2.0","id":1}',
      'the body {"jsonrpc":"2.0","id":null,"method":"ping"}',
      'the body {"jsonrpc":"2.0","id":1.5,"method":"ping"}',
      'the body {"jsonrpc":"2.0","id":{},"method":"ping"}',
      'the body {"jsonrpc":"2.0","id":1,"result":5}',
      'the body {"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}',
    ],
    outcomes: { sdk: '400 error -32700 of null', ours: '400 error -32600 of null' },
  },
  {
    why: 'The same, and its id can be made out.',
    legs: SESSION,
    cases: [
      'the body {"jsonrpc":"1.0","id":1,"method":"ping"}',
      'the body {"id":1,"method":"ping"}',
      'the body {"jsonrpc":"2.0","id":1,"method":5}',
      'the body {"jsonrpc":"2.0","id":1,"method":"ping","params":[]}',
      'the body {"jsonrpc":"2.0","id":1,"method":"ping","params":null}',
    ],
    outcomes: { sdk: '400 error -32700 of null', ours: '400 error -32600 of 1' },
  },
  {
    why: 'Clients in use lose the id of their session; they are served, and asked nothing.',
    legs: SESSION,
    cases: ['no session'],
    outcomes: { sdk: '400 error -32000 of null', ours: '200 result of 1' },
  },
  {
    why: 'Clients in use begin anew with the id that is gone.',
    legs: SESSION,
    cases: ['initialize with a session that is gone'],
    outcomes: { sdk: '404 error -32001 of null', ours: '200 result of 1' },
  },
];
