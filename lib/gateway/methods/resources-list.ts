import { listOffered, mayReadOffered, type OfferedResource } from '#lib/operations/offered.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { describeResource } from '../describe-resource.ts';
import { Fault } from '../errors.ts';
import type { Method } from '../exchange.ts';
import { listed, listing, listResult } from '../listing.ts';

/** Documents of knowledge bases on one page. */
const PAGE = 500;

const workflowsOnly = listing('resources', defineResource);

/**
 * `resources/list`: the workflows whose URI is fixed, and the documents of the knowledge bases that are offered, which
 * may be many and so have pages.
 */
export const resourcesList: Method = (exchange) => {
  const { project, principal } = exchange.caller;
  return mayReadOffered(principal, project) ? withDocuments(exchange) : workflowsOnly(exchange);
};

const withDocuments: Method = async (exchange) => {
  const { caller, era, message } = exchange;
  const { app, project } = caller;
  const from = startOf(message.params?.['cursor']);
  const { items, next } = await listOffered(app, project, { from, size: PAGE });
  const workflows = from === 0 ? listed(exchange, defineResource) : [];
  return listResult(caller, era, {
    resources: [...workflows, ...items.map(defineDocument)],
    ...(next !== null && { nextCursor: cursorOf(next) }),
  });
};

function defineResource(contract: Contract, list: { icons: boolean }): JsonObject | null {
  const uri = contract.resource?.uri;
  return uri === undefined ? null : { uri, ...describeResource(contract, list) };
}

function defineDocument({ uri, name, base, mimeType, bytes, createdAt }: OfferedResource): JsonObject {
  return {
    uri,
    name,
    description: `A document of the knowledge base "${base}".`,
    mimeType,
    size: bytes,
    annotations: { lastModified: createdAt.toISOString() },
  };
}

function cursorOf(from: number): string {
  return Buffer.from(`documents ${from}`).toString('base64url');
}

function startOf(cursor: JsonValue | undefined): number {
  if (cursor === undefined) return 0;
  const read = typeof cursor === 'string' && cursor.length < 100 ? Buffer.from(cursor, 'base64url') : '';
  const from = /^documents ([1-9]\d{0,8})$/.exec(read.toString())?.[1];
  if (from !== undefined) return Number(from);
  throw new Fault('invalid_params', 'There is no such page of the list.');
}
