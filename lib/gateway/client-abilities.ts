import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { ClientAbility } from '#lib/workflow/kind.ts';
import { metaOf, type RpcRequest, TASKS_EXTENSION } from './protocol.ts';
import type { Session } from './sessions.ts';

/** Which requests of the server's a client answers, as it declared. */
export interface ClientAbilities {
  /** Shows a form to its user. */
  form: boolean;
  /** Asks its user to open a page. */
  url: boolean;
  sampling: boolean;
  roots: boolean;
}

export const NO_ABILITIES: ClientAbilities = { form: false, url: false, sampling: false, roots: false };

/** Reads a client's capabilities, of either era. An empty `elicitation` means forms, as before there were pages. */
export function abilitiesOf(capabilities: JsonValue | undefined): ClientAbilities {
  if (!isJsonObject(capabilities)) return NO_ABILITIES;
  const { elicitation, sampling, roots } = capabilities;
  const modes = isJsonObject(elicitation) ? elicitation : null;
  const url = isJsonObject(modes?.['url']);
  return {
    form: modes !== null && (!url || isJsonObject(modes['form'])),
    url,
    sampling: isJsonObject(sampling),
    roots: isJsonObject(roots),
  };
}

/** What the sender of a message can be asked: as its envelope says (2026-07-28), or its session (2025). */
export function clientAbilities(message: RpcRequest, session: Session | null): ClientAbilities {
  return session?.abilities ?? abilitiesOf(metaOf(message)[CLIENT_CAPABILITIES_META_KEY]);
}

/** Whether the sender of a message of 2026-07-28 takes tasks: each request says so for itself. */
export function takesTasks(message: RpcRequest): boolean {
  const capabilities = metaOf(message)[CLIENT_CAPABILITIES_META_KEY];
  const extensions = isJsonObject(capabilities) ? capabilities['extensions'] : undefined;
  return isJsonObject(extensions) && isJsonObject(extensions[TASKS_EXTENSION]);
}

/** What a tool requires and this client lacks, as the capabilities it would have to declare; null when nothing. */
export function lackingCapabilities(
  requires: readonly ClientAbility[] | undefined,
  abilities: ClientAbilities,
): JsonObject | null {
  const lacking = requires?.filter((ability) => !abilities[ability]) ?? [];
  return lacking.length === 0 ? null : Object.fromEntries(lacking.map((ability) => [ability, {}]));
}
