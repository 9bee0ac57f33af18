import { FORBIDDEN_NAMES } from '#lib/workflow/expression-value.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';

export interface NewArgument {
  /** As the API calls it. */
  name: string;
  /** Undefined: none was given. */
  sample: JsonValue | undefined;
  schema: JsonSchema;
  required: boolean;
}

/** Longest text that is kept as an example: it is part of the definition that every client reads. */
const LONGEST_EXAMPLE = 200;

/** The arguments of a workflow while they are found, each with a name of its own. */
export class Arguments {
  private readonly properties: JsonObject = {};
  private readonly required: string[] = [];
  private readonly samples: JsonObject = {};

  /** Gives the name that the argument got. */
  add({ name: given, sample, schema, required }: NewArgument): string {
    const name = this.free(plainName(given));
    const isExample = sample !== undefined && JSON.stringify(sample).length <= LONGEST_EXAMPLE;
    this.properties[name] = isExample ? { ...schema, examples: [sample] } : schema;
    if (required) this.required.push(name);
    if (sample !== undefined) this.samples[name] = sample;
    return name;
  }

  schema(): JsonSchema {
    return {
      type: 'object',
      properties: this.properties,
      ...(this.required.length > 0 && { required: this.required }),
      additionalProperties: false,
    };
  }

  sample(): JsonObject {
    return this.samples;
  }

  private free(name: string): string {
    if (!(name in this.properties)) return name;
    for (let number = 2; ; number += 1) {
      const free = `${name.slice(0, 60)}_${number}`;
      if (!(free in this.properties)) return free;
    }
  }
}

function plainName(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[_.-]+|[_.-]+$/g, '')
    .slice(0, 64);
  if (plain === '') return 'value';
  return FORBIDDEN_NAMES.has(plain) || plain in {} ? `${plain}_value` : plain;
}
