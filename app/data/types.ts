import type * as z from 'zod';
import type * as apiSchemas from '#lib/api/imported-api-schemas.ts';
import type * as schemas from '#lib/api/schemas.ts';
import type * as templateSchemas from '#lib/api/template-schemas.ts';

/** What the API answers, read off its schemas. */
export type Session = z.infer<typeof schemas.session>;
export type Project = z.infer<typeof schemas.project>;
export type WorkflowSummary = z.infer<typeof schemas.workflowSummary>;
export type Workflow = z.infer<typeof schemas.workflow>;
export type RunSummary = z.infer<typeof schemas.runSummary>;
export type RunStatus = z.infer<typeof schemas.runStatus>;
export type Run = z.infer<typeof schemas.run>;
export type RunCause = z.infer<typeof schemas.runCause>;
export type Approval = z.infer<typeof schemas.approval>;
export type LinkedQuestion = z.infer<typeof schemas.linkedQuestion>;
export type Replay = z.infer<typeof schemas.replay>;
export type WorkflowTest = z.infer<typeof schemas.test>;
export type TestResult = z.infer<typeof schemas.testResults>['results'][number];
export type Trigger = z.infer<typeof schemas.trigger>;
export type TriggerWithSecret = z.infer<typeof schemas.triggerWithSecret>;
export type Release = z.infer<typeof schemas.release>;
export type Key = z.infer<typeof schemas.key>;
export type Client = z.infer<typeof schemas.client>;
export type ClientRequest = z.infer<typeof schemas.clientRequest>;
export type ConnectionCheck = z.infer<typeof schemas.connectionCheck>;
export type Connection = z.infer<typeof schemas.connection>;
export type ConnectionSecret = z.infer<typeof schemas.connectionSecret>;
export type McpTools = z.infer<typeof schemas.mcpToolList>;
export type KnowledgeBase = z.infer<typeof schemas.base>;
export type KnowledgeDocument = z.infer<typeof schemas.knowledgeDocument>;
export type ApiSource = z.infer<typeof apiSchemas.apiSource>;
export type ApiDescription = z.infer<typeof apiSchemas.apiView>;
export type ApiOperation = ApiDescription['operations'][number];
export type ApiOperationDetail = z.infer<typeof apiSchemas.operationView>;
export type ImportedApi = z.infer<typeof apiSchemas.importedApi>;
export type UpdatedApi = z.infer<typeof apiSchemas.updatedApi>;

/** What the API takes. */
export type SetupInput = z.input<typeof schemas.setupInput>;
export type SignInInput = z.input<typeof schemas.signInInput>;
export type ProjectCreate = z.input<typeof schemas.projectCreate>;
export type ProjectUpdate = z.input<typeof schemas.projectUpdate>;
export type ProjectImport = z.input<typeof schemas.importInput>;
export type WorkflowCreate = z.input<typeof schemas.workflowCreate>;
export type PublishInput = z.input<typeof schemas.publishInput>;
export type TestCreate = z.input<typeof schemas.testCreate>;
export type TriggerCreate = z.input<typeof schemas.triggerCreate>;
export type TriggerUpdate = z.input<typeof schemas.triggerUpdate>;
export type KeyCreate = z.input<typeof schemas.keyCreate>;
export type ConnectionCreate = z.input<typeof schemas.connectionCreate>;
export type ConnectionUpdate = z.input<typeof schemas.connectionUpdate>;
export type ApiRead = z.input<typeof apiSchemas.apiRead>;
export type ApiImport = z.input<typeof apiSchemas.apiImport>;
export type ApiUpdate = z.input<typeof apiSchemas.apiUpdate>;
export type OperationChoice = z.input<typeof apiSchemas.operationChoice>;

export type Template = z.infer<typeof templateSchemas.template>;
