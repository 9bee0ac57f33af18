/**
 * Names of what is cached. Everything of a project begins with `['project', slug]`, so that one invalidation
 * reaches all of it.
 */
export const queryKeys = {
  setup: ['setup'],
  session: ['session'],
  system: ['system'],
  projects: ['projects'],
  project: (project: string) => ['project', project],
  workflows: (project: string) => ['project', project, 'workflows'],
  workflow: (project: string, workflow: string) => ['project', project, 'workflows', workflow],
  versions: (project: string, workflow: string) => ['project', project, 'workflows', workflow, 'versions'],
  version: (project: string, workflow: string, version: number) => [
    'project',
    project,
    'workflows',
    workflow,
    'versions',
    version,
  ],
  triggers: (project: string, workflow: string) => ['project', project, 'workflows', workflow, 'triggers'],
  scheduleTimes: (cron: string, timeZone: string) => ['schedule-times', cron, timeZone],
  tests: (project: string, workflow: string) => ['project', project, 'workflows', workflow, 'tests'],
  runs: (project: string) => ['project', project, 'runs'],
  run: (project: string, run: string) => ['project', project, 'run', run],
  keys: (project: string) => ['project', project, 'keys'],
  mcpTools: (project: string, url: string, connection: string | undefined) => [
    'project',
    project,
    'mcp-tools',
    url,
    connection ?? null,
  ],
  connections: (project: string) => ['project', project, 'connections'],
  knowledge: (project: string) => ['project', project, 'knowledge'],
  base: (project: string, base: string) => ['project', project, 'knowledge', base],
  documents: (project: string, base: string) => ['project', project, 'knowledge', base, 'documents'],
  search: (project: string, base: string, text: string, topK: number) => [
    'project',
    project,
    'knowledge',
    base,
    'search',
    text,
    topK,
  ],
};
