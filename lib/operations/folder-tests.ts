import * as z from 'zod';
import { TEST_NAME } from '#lib/db/workflow-tests.ts';
import { type WorkflowTestContent, workflowTest } from '#lib/workflow/workflow-test.ts';
import type { Folder } from './project-folder.ts';

/** A test as a file of the project's folder: `tests/<workflow>/<name>.json`. */
export interface FolderTest extends WorkflowTestContent {
  workflow: string;
  name: string;
}

const PATH = /^tests\/([^/]+)\/([^/]+)\.json$/;
const MOST_BYTES = 8 * 1024 * 1024;

/** Indented, so that a change of what is expected reads as one. */
export function writeTests(tests: readonly FolderTest[], put: (path: string, text: string) => void): void {
  for (const { workflow, name, expected, recording } of tests) {
    put(`tests/${workflow}/${name}.json`, `${JSON.stringify({ expected, recording }, null, 2)}\n`);
  }
}

/** The tests in a folder. What is wrong with a file becomes a fault; `used` takes every path that was looked at. */
export function readTests(
  folder: Folder,
  { workflows, used, faults }: { workflows: ReadonlySet<string>; used: Set<string>; faults: string[] },
): FolderTest[] {
  const tests: FolderTest[] = [];
  for (const [path, data] of folder) {
    const [, workflow, name] = PATH.exec(path) ?? [];
    if (workflow === undefined || name === undefined) continue;
    used.add(path);
    if (!workflows.has(workflow)) faults.push(`${path}: there is no workflow "${workflow}"`);
    else if (!TEST_NAME.test(name)) {
      faults.push(`${path}: the name of a test has letters, digits, spaces, - and _; at most 80 characters`);
    } else if (data.byteLength > MOST_BYTES) faults.push(`${path}: larger than 8 MiB`);
    else {
      const content = contentOf(data);
      if (typeof content === 'string') faults.push(`${path}: ${content}`);
      else tests.push({ workflow, name, ...content });
    }
  }
  return tests;
}

/** The content, or what is wrong with it. */
function contentOf(data: Uint8Array): WorkflowTestContent | string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const result = workflowTest.safeParse(value);
  return result.success ? result.data : `not a test: ${z.prettifyError(result.error).split('\n')[0]}`;
}
