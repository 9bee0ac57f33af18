import { router } from './router.ts';
import { connectionRoutes } from './routes/connections.ts';
import { folderRoutes } from './routes/folder.ts';
import { keyRoutes } from './routes/keys.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { projectRoutes } from './routes/projects.ts';
import { runRoutes } from './routes/runs.ts';
import { sessionRoutes } from './routes/session.ts';
import { setupRoutes } from './routes/setup.ts';
import { systemRoutes } from './routes/system.ts';
import { versionRoutes } from './routes/versions.ts';
import { workflowRoutes } from './routes/workflows.ts';

const routes = router()
  .route('/', setupRoutes)
  .route('/', sessionRoutes)
  .route('/', folderRoutes)
  .route('/', projectRoutes)
  .route('/', workflowRoutes)
  .route('/', versionRoutes)
  .route('/', runRoutes)
  .route('/', keyRoutes)
  .route('/', connectionRoutes)
  .route('/', knowledgeRoutes)
  .route('/', systemRoutes);

/** For `hc<Api>('/api/v1')`. Success answers only: whoever calls checks `response.ok` and reads the problem. */
export type Api = typeof routes;

export { routes };
