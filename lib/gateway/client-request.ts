import type { Question } from '#lib/engine/question.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { ClientAbilities } from './client-abilities.ts';
import type { Era } from './protocol.ts';

/** A request of the server's to the client: on its own in 2025, embedded in a result in 2026-07-28. */
export interface ClientRequest {
  method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list';
  params: JsonObject;
}

export interface AskOptions {
  era: Era;
  abilities: ClientAbilities;
  /** Names the question to the client, where its revision wants a name for the page it opens. */
  id: string;
  /** The page on which the team decides. */
  approvalsUrl: string;
  /** Why the answer before this one could not be taken. */
  complaint?: string | undefined;
}

/** Details of what is to be approved, in characters; the approvals page shows all of them. */
const MAX_DETAILS = 4000;

/** How a client is asked a question; null when it cannot be: it lacks the ability, or nobody there could answer. */
export function clientRequest(question: Question, options: AskOptions): ClientRequest | null {
  const { abilities, approvalsUrl } = options;
  switch (question.type) {
    case 'form':
      return abilities.form ? form(question.message, question.schema, options) : null;
    case 'url':
      return abilities.url ? page(question.message, question.url, options) : null;
    case 'approval': {
      const message = `${question.message}${detailsText(question.details)}`;
      if (question.by === 'caller') return abilities.form ? form(message, APPROVAL_SCHEMA, options) : null;
      // To open a page takes a moment, a decision hours: a 2025 client would hold its call open all that time.
      if (options.era === 'legacy' || !abilities.url) return null;
      return page(`${message}\n\nThe team decides on this page.`, approvalsUrl, options);
    }
    case 'model':
      return abilities.sampling ? { method: 'sampling/createMessage', params: question.params } : null;
    case 'roots':
      return abilities.roots ? { method: 'roots/list', params: {} } : null;
    case 'time':
    case 'workflow':
      return null;
  }
}

const APPROVAL_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    approved: { type: 'boolean', title: 'Approved', description: 'Whether this may be done.' },
    comment: { type: 'string', title: 'Comment', description: 'Kept with the decision.', maxLength: 2000 },
  },
  required: ['approved'],
};

function form(message: string, schema: JsonObject, { era, complaint }: AskOptions): ClientRequest {
  const told = complaint === undefined ? message : `${message}\n\nThe last answer did not fit: ${complaint}`;
  // Clients of 2025-06-18 do not know modes.
  const mode: JsonObject = era === 'modern' ? { mode: 'form' } : {};
  return { method: 'elicitation/create', params: { ...mode, message: told, requestedSchema: schema } };
}

function page(message: string, url: string, { era, id }: AskOptions): ClientRequest {
  const named: JsonObject = era === 'legacy' ? { elicitationId: id } : {};
  return { method: 'elicitation/create', params: { mode: 'url', ...named, message, url } };
}

function detailsText(details: JsonValue): string {
  if (details === null || details === '') return '';
  const text = typeof details === 'string' ? details : JSON.stringify(details, null, 2);
  return `\n\n${text.length > MAX_DETAILS ? `${text.slice(0, MAX_DETAILS)}…` : text}`;
}
