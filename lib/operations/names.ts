/** Addresses a project; also the last part of its MCP address. */
export const SLUG = /^[a-z][a-z0-9-]{1,38}$/;

/** Names of environment values, as in `env.<NAME>` of an expression. */
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** A slug made from a name: "Order desk" → `order-desk`. `project` where nothing usable is left. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 39)
    .replace(/-+$/, '');
  return SLUG.test(slug) ? slug : 'project';
}
