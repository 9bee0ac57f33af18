import type { JsonObject } from '#lib/workflow/json.ts';

const VARIABLE = /\{([+#./;?&]?)([^}]+)\}/g;

/** Names of the variables of a URI template, in the order of their first use: `orders://{id}` has `id`. */
export function templateVariables(template: string): string[] {
  const names = [...template.matchAll(VARIABLE)].flatMap(([, , list = '']) =>
    list.split(',').map((name) => name.replace(/(\*|:\d+)$/, '')),
  );
  return [...new Set(names)];
}

/** The URI that values make of a template (RFC 6570, levels 1 and 2); a value that is missing leaves nothing. */
export function expandTemplate(template: string, values: JsonObject): string {
  return template.replace(VARIABLE, (_, operator: string, list: string) => {
    const keepsReserved = operator === '+' || operator === '#';
    const written = list
      .split(',')
      .map((name) => String(values[name.replace(/(\*|:\d+)$/, '')] ?? ''))
      .map((value) => (keepsReserved ? encodeURI(value) : encodeURIComponent(value)));
    return `${operator === '#' ? '#' : ''}${written.join(',')}`;
  });
}
