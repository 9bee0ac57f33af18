import type { Api, ApiOperation } from './api.ts';
import { nameOfPath, toolName } from './tool-name.ts';

const LONGEST_TITLE = 80;
const LONGEST_DESCRIPTION = 900;

/** Proposed name of the tool; not yet distinct from others. */
export function operationName({ operationId, method, path }: ApiOperation): string {
  return /[A-Za-z]/.test(operationId) ? toolName(operationId) : nameOfPath(method, path);
}

/** Proposed title: what the description calls it. */
export function operationTitle({ summary, operationId, id }: ApiOperation): string {
  const words = summary.replace(/[.\s]+$/, '');
  if (words !== '' && words.length <= LONGEST_TITLE) return words;
  const name = toolName(operationId || id).replaceAll('_', ' ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Proposed description: what it does, in the words of the API, as a model needs them. */
export function operationDescription({ title }: Api, operation: ApiOperation): string {
  const { summary, description, deprecated, id } = operation;
  const begin = sentence(summary);
  const more = description.toLowerCase().startsWith(summary.toLowerCase()) ? description : '';
  const parts = more === '' ? [begin, description] : [description];
  const text = parts.filter(Boolean).join('\n\n');
  const words = text === '' ? `Calls ${id} of ${title}.` : text;
  return `${deprecated ? 'Deprecated. ' : ''}${words}`.slice(0, LONGEST_DESCRIPTION).trim();
}

function sentence(text: string): string {
  if (text === '') return '';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
