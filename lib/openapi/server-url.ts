import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { plainText } from './plain-text.ts';

/** The addresses an API is served at, with the defaults of their variables; the first is proposed. */
export function readServers(
  servers: JsonValue | undefined,
  url: string | null,
): { server: string; others: string[] } {
  const list = Array.isArray(servers) ? servers : [];
  const addresses = list.map((server) => serverUrl(server, url)).filter((address) => address !== '');
  // A description without a server is about the place it was fetched from.
  if (addresses.length === 0 && url !== null && URL.canParse(url)) addresses.push(new URL(url).origin);
  const [server = '', ...others] = [...new Set(addresses)];
  return { server, others };
}

/** Empty when it is no address, also not relative to where the description was fetched. */
export function serverUrl(server: JsonValue | undefined, url: string | null): string {
  if (!isJsonObject(server) || typeof server['url'] !== 'string') return '';
  const variables = isJsonObject(server['variables']) ? server['variables'] : {};
  const text = server['url'].trim().replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const value = isJsonObject(variable) ? variable['default'] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
  const absolute = URL.parse(text, url ?? undefined);
  if (!absolute || !/^https?:$/.test(absolute.protocol)) return '';
  // The text itself where it is absolute: parsing would write its braces in percent.
  const address = /^https?:/i.test(text) ? text : absolute.href;
  return plainText(address, 500).replace(/\/+$/, '');
}
