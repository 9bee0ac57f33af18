import { isJsonObject, type JsonObject, type JsonSchema } from '#lib/workflow/json.ts';
import type { ApiArgument, ApiBody } from './api.ts';
import { flatSchema, membersOf, requiredOf, typesOf } from './flat-schema.ts';
import { plainText } from './plain-text.ts';
import { resolved } from './reference.ts';

export interface BodyArguments {
  body: ApiBody;
  arguments: ApiArgument[];
}

/** Best first. */
const TYPES: [RegExp, ApiBody['type']][] = [
  [/^application\/json\b/i, 'json'],
  [/^(application|text)\/([\w.+-]+\+)?json\b/i, 'json'],
  [/^application\/x-www-form-urlencoded\b/i, 'form'],
  [/^multipart\/form-data\b/i, 'multipart'],
  [/^\*\/\*/, 'json'],
  [/./, 'raw'],
];

/** How a request body is said: a flat object of JSON or a form member by member, anything else as a whole. */
export function argumentsOfBody(root: JsonObject, requestBody: JsonObject): BodyArguments | null {
  const content = isJsonObject(requestBody['content']) ? Object.entries(requestBody['content']) : [];
  for (const [pattern, type] of TYPES) {
    const found = content.find(([name]) => pattern.test(name));
    if (!found) continue;
    const [contentType, medium] = found;
    const given = resolved(root, medium)?.['schema'];
    const schema = isJsonObject(given) ? given : {};
    return bodyOf(root, {
      type,
      contentType: contentType === '*/*' ? 'application/json' : contentType,
      schema,
      requestBody,
    });
  }
  return null;
}

function bodyOf(
  root: JsonObject,
  {
    type,
    contentType,
    schema,
    requestBody,
  }: { type: ApiBody['type']; contentType: string; schema: JsonSchema; requestBody: JsonObject },
): BodyArguments {
  const required = requestBody['required'] === true;
  const flat = flatSchema(root, schema);
  const members = Object.entries(membersOf(flat)).filter(
    ([name, member]) => name !== '' && flatSchema(root, member)['readOnly'] !== true,
  );
  const closed =
    typesOf(flat).join() === 'object' &&
    !('anyOf' in flat) &&
    !('oneOf' in flat) &&
    !isJsonObject(flat['additionalProperties']) &&
    !('patternProperties' in flat);
  const isForm = type === 'form' || type === 'multipart';
  if (type !== 'raw' && members.length > 0 && members.length <= 100 && (closed || isForm)) {
    const needed = requiredOf(flat);
    return {
      body: { type, contentType, flat: true },
      arguments: members.map(([name, member]) => ({
        ...whole(),
        id: `body.${name}`,
        name,
        argument: name,
        required: required && needed.includes(name),
        deprecated: flatSchema(root, member)['deprecated'] === true,
        description: plainText(flatSchema(root, member)['description'], 400),
        schema: isJsonObject(member) ? member : {},
      })),
    };
  }
  // A form without members cannot be said field by field.
  const actual = isForm ? 'raw' : type;
  return {
    body: { type: actual, contentType, flat: false },
    arguments: [
      {
        ...whole(),
        required,
        description: plainText(requestBody['description'] ?? flat['description'], 400),
        schema: actual === 'raw' ? { type: 'string' } : schema,
      },
    ],
  };
}

function whole(): ApiArgument {
  return {
    id: 'body',
    in: 'body',
    name: 'body',
    argument: 'body',
    required: false,
    deprecated: false,
    description: '',
    schema: {},
    style: 'form',
    explode: true,
    asJson: false,
  };
}
