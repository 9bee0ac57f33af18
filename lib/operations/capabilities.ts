/** On whose behalf a run reaches out. */
export interface RunScope {
  organizationId: string;
  projectId: string;
  /** Id of the version: same code, same warm isolate. null = a fresh isolate: the code is a draft. */
  versionKey: string | null;
}
