import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Version } from '#lib/db/versions.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import { contractChanges } from '#lib/workflow/contract-changes.ts';
import { suspiciousTexts } from '#lib/workflow/suspicious-text.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { callersOf } from './read-callers.ts';
import { mayEdit } from './roles.ts';
import { runTestsOf, type TestResult } from './run-tests.ts';
import { draftConflict } from './save-draft.ts';
import { tellEditors } from './workflow-news.ts';

export interface PublishWorkflow {
  project: string;
  workflow: string;
  /** The revision the caller looked at: nobody publishes what they have not seen. */
  revision: number;
  note?: string | undefined;
  /** Publish although tests fail. */
  despiteTests?: boolean | undefined;
  /** Publish although it breaks those who call the live version. */
  despiteBreaking?: boolean | undefined;
  /** Its texts were read, and are as they should be: also those that were written elsewhere, or look like orders. */
  despiteTexts?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface PublishedWorkflow {
  version: number;
  release: number;
  contract: Contract;
}

/**
 * Freezes the draft as the next version and serves it from the next request on. Throws `invalid` with the problems
 * that block it, `invalid` with `breaking` and `callers` when it breaks those who call the live version (unless
 * `despiteBreaking`), `invalid` with `tests` when tests of the workflow fail (unless `despiteTests`), `invalid` with `texts` when what models are shown has to be
 * read first (unless `despiteTexts`), `conflict` when
 * somebody saved since `revision` or another live workflow has the name.
 */
export async function publishWorkflow(
  app: App,
  principal: Principal,
  input: PublishWorkflow,
): Promise<PublishedWorkflow> {
  mayEdit(principal, 'publish a workflow');
  const project = await findProject(app, principal, input.project);
  const { id, slug } = project;
  const repo = repository(app.db, principal);
  const workflow = await repo.workflows.get(id, input.workflow);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  const { contract, problems } = compile(workflow.document, kinds);
  if (!contract) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const words = errors.length === 1 ? 'One problem blocks' : `${errors.length} problems block`;
    throw new AppError('invalid', `${words} publishing: ${errors[0]?.message}`, { problems });
  }
  if (!input.despiteTexts) refuseTexts(contract, workflow.unreviewed && principal.type !== 'system');
  if (!input.despiteBreaking && workflow.liveVersion !== null) {
    const live = await repo.versions.get(id, workflow.id, workflow.liveVersion);
    if (live) await refuseBreaking(app, principal, { projectId: id, live, contract });
  }
  if (!input.despiteTests) {
    const { signal = new AbortController().signal } = input;
    const results = await runTestsOf(app, principal, { project, workflow, signal });
    refuseFailed(results);
  }
  const done = await repo.releases.publish(id, workflow.id, {
    revision: input.revision,
    contract,
    ...(input.note === undefined ? {} : { note: input.note }),
  });
  if (!done.published) throw draftConflict(app, input, done.current);
  app.events.publish('release.changed', { projectId: id, slug, release: done.release });
  tellEditors(app, principal, workflow.id, 'published');
  return { version: done.version, release: done.release, contract };
}

/** What models are shown is as good as an order to them: somebody has to have read it. */
function refuseTexts(contract: Contract, unreviewed: boolean): void {
  const texts = suspiciousTexts(contract);
  if (texts.length === 0 && !unreviewed) return;
  const [first] = texts;
  const why = first
    ? `the ${first.at} has "${first.found}", which a model may take for an order`
    : 'they were imported, and nobody has read them here yet';
  throw new AppError(
    'invalid',
    `Read the texts that models are shown: ${why}. Correct them, or publish and say that they are in order.`,
    { texts, unreviewed },
  );
}

async function refuseBreaking(
  app: App,
  principal: Principal,
  { projectId, live, contract }: { projectId: string; live: Version; contract: Contract },
): Promise<void> {
  const breaking = contractChanges(live.contract, contract).filter(({ impact }) => impact === 'breaking');
  if (breaking.length === 0) return;
  const callers = await callersOf(app, principal, { projectId, workflowId: live.workflowId });
  const clients = callers.length === 1 ? '1 client' : `${callers.length} clients`;
  const whom =
    callers.length === 0
      ? 'though none called it in the last 30 days'
      : `and ${clients} called it in the last 30 days`;
  throw new AppError(
    'invalid',
    `It breaks those who call v${live.version}, ${whom}: ${breaking[0]!.message}. Publish under another name, or despite that.`,
    { breaking, callers },
  );
}

function refuseFailed(results: TestResult[]): void {
  const tests = results.filter(({ passed }) => !passed);
  if (tests.length === 0) return;
  const names = tests.slice(0, 5).map(({ name }) => `"${name}"`);
  const words = tests.length === 1 ? '1 test fails' : `${tests.length} tests fail`;
  throw new AppError(
    'invalid',
    `${words} of ${results.length}: ${names.join(', ')}. Correct the draft, or publish despite the tests.`,
    { tests },
  );
}
