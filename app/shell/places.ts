/** A page, or a part of one, that the command palette leads to. */
export interface Place {
  /** What people type: `Connections`. */
  title: string;
  href: string;
  /** Other words for it. */
  words?: readonly string[];
}

/** Pages that are the same in every project. */
export const PLACES: readonly Place[] = [
  { title: 'Projects', href: '/projects', words: ['home', 'servers'] },
  { title: 'Organization', href: '/organization', words: ['team', 'settings'] },
  { title: 'Members', href: '/organization/members', words: ['people', 'roles', 'team', 'invite'] },
  { title: 'System', href: '/organization#system', words: ['version', 'database', 'sandbox', 'storage'] },
  { title: 'Audit log', href: '/organization/audit', words: ['history', 'who', 'events'] },
  { title: 'Your account', href: '/account', words: ['name', 'password', 'sessions', 'profile'] },
  { title: 'Help', href: '/help', words: ['keyboard', 'shortcuts', 'documentation', 'api'] },
];

/** Parts of a project, with the sections of its settings. */
export function placesOf(project: string): Place[] {
  const at = `/projects/${project}`;
  return [
    { title: 'Workflows', href: at, words: ['tools', 'drafts'] },
    { title: 'Runs', href: `${at}/runs`, words: ['calls', 'log', 'failed'] },
    { title: 'Insights', href: `${at}/insights`, words: ['charts', 'errors', 'latency', 'statistics'] },
    { title: 'Insights', href: `${at}/insights`, words: ['charts', 'errors', 'durations', 'calls'] },
    { title: 'Releases', href: `${at}/releases`, words: ['versions', 'rollback', 'pinned', 'history'] },
    { title: 'Approvals', href: `${at}/approvals`, words: ['waiting', 'decide'] },
    { title: 'Knowledge', href: `${at}/knowledge`, words: ['documents', 'search'] },
    { title: 'Try it', href: `${at}/try`, words: ['test', 'call', 'inspector', 'json-rpc'] },
    { title: 'Connect', href: `${at}/connect`, words: ['client', 'address', 'install'] },
    { title: 'API keys', href: `${at}/connect#keys`, words: ['token', 'revoke'] },
    { title: 'Settings', href: `${at}/settings`, words: ['general', 'name', 'access', 'instructions'] },
    { title: 'Settings: address', href: `${at}/settings#address`, words: ['slug', 'rename', 'url'] },
    {
      title: 'Settings: limits of calls',
      href: `${at}/settings#limits`,
      words: ['rate', 'quota', 'usage', '429'],
    },
    {
      title: 'Settings: output guard',
      href: `${at}/settings#guard`,
      words: ['secrets', 'mask', 'pii', 'personal'],
    },
    { title: 'Settings: other limits', href: `${at}/settings#other-limits`, words: ['usage', 'storage'] },
    { title: 'Settings: people', href: `${at}/settings#people`, words: ['roles', 'private', 'access'] },
    {
      title: 'Settings: environment values',
      href: `${at}/settings#environment`,
      words: ['env', 'variables'],
    },
    {
      title: 'Settings: connections',
      href: `${at}/settings#connections`,
      words: ['credentials', 'secrets', 'tokens'],
    },
    {
      title: 'Settings: export and delete',
      href: `${at}/settings#danger`,
      words: ['backup', 'remove', 'danger'],
    },
  ];
}

/** What can be made in a project, each on the page that makes it. */
export function makersOf(project: string): Place[] {
  const at = `/projects/${project}`;
  return [
    { title: 'New workflow', href: `${at}?new=workflow`, words: ['tool', 'resource', 'prompt', 'create'] },
    { title: 'Import an API', href: `${at}/import`, words: ['openapi', 'swagger', 'new'] },
    { title: 'Start from a template', href: `${at}/templates`, words: ['example', 'new'] },
    { title: 'New API key', href: `${at}/connect?new=key`, words: ['token', 'create'] },
    {
      title: 'New connection',
      href: `${at}/settings?new=connection`,
      words: ['credential', 'secret', 'create'],
    },
    { title: 'New knowledge base', href: `${at}/knowledge?new=base`, words: ['documents', 'create'] },
  ];
}

/** The project of an address, `/projects/<slug>/…`; null for the pages of none. */
export function projectOf(path: string): string | null {
  return /^\/projects\/([^/]+)/.exec(path)?.[1] ?? null;
}

/** The beginning of the id of a run, as people copy it from anywhere; null for every other text. */
export function runIn(text: string): string | null {
  return (
    /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i.exec(text)?.[0].toLowerCase() ?? null
  );
}
