import type { Logger } from 'pino';
import type { LiveRelease } from '#lib/db/projects.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { LiveWorkflow } from './live.ts';

type StoredVersion = LiveRelease['versions'][number];

/** Versions in memory, of all projects; the one used longest ago goes first. */
const MAX_VERSIONS = 5000;

/** Versions with what was compiled of them. They never change, so what is compiled outlives the release it was read with. */
export interface CompiledVersions {
  /** The workflows of a release by their names, in the order of these. */
  byName(stored: readonly StoredVersion[]): Map<string, LiveWorkflow>;
  clear(): void;
}

export function createCompiledVersions(log: Logger): CompiledVersions {
  const versions = new Map<string, LiveWorkflow>();

  function workflowOf(stored: StoredVersion): LiveWorkflow {
    const workflow = versions.get(stored.versionId) ?? compileLater(stored, log);
    versions.delete(stored.versionId);
    versions.set(stored.versionId, workflow);
    if (versions.size > MAX_VERSIONS) versions.delete(versions.keys().next().value!);
    return workflow;
  }

  return {
    byName: (stored) =>
      new Map(
        stored
          .map(workflowOf)
          .sort((a, b) => (a.contract.name < b.contract.name ? -1 : 1))
          .map((workflow) => [workflow.contract.name, workflow]),
      ),
    clear: () => versions.clear(),
  };
}

/** A version whose plan and validators are made at the first call. They throw when this program cannot run it. */
function compileLater({ document, ...stored }: StoredVersion, log: Logger): LiveWorkflow {
  let compiled: Pick<LiveWorkflow, 'plan' | 'validateInput' | 'validateOutput'> | undefined;
  let source: JsonValue | undefined = document;
  const made = () => {
    if (compiled) return compiled;
    const { plan, problems } = compile(source, kinds);
    if (!plan) {
      log.error({ versionId: stored.versionId, problems }, 'a published version does not compile');
      throw new Error(`Version ${stored.versionId} does not compile: ${problems[0]?.message}`);
    }
    const { inputSchema, outputSchema } = stored.contract;
    compiled = {
      plan,
      validateInput: compileSchema(inputSchema),
      validateOutput: outputSchema && compileSchema(outputSchema),
    };
    source = undefined;
    return compiled;
  };
  return {
    ...stored,
    get plan() {
      return made().plan;
    },
    get validateInput() {
      return made().validateInput;
    },
    get validateOutput() {
      return made().validateOutput;
    },
  };
}
