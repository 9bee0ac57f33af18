import { StepError } from '#lib/engine/errors.ts';
import { createSandbox, type Sandbox, type SandboxOptions, type SandboxRequest } from '#lib/sandbox/pool.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

/** What a run came to: its value, or the failure as its author sees it. */
export type Outcome =
  | { value: JsonValue }
  | { code: string; message: string; details: Record<string, JsonValue> };

export interface Attempt extends Partial<Omit<SandboxRequest, 'source'>> {
  signal?: AbortSignal;
}

/** Limits small enough for a test that exhausts them, large enough for a loaded machine to answer in. */
export const smallLimits = { cpuMs: 300, stuckMs: 100, graceMs: 500, processMb: 300 };

/** A sandbox and the records of what it logged. */
export function openSandbox(options: SandboxOptions = {}) {
  const logged: { message: string; facts: Record<string, unknown> }[] = [];
  const sandbox = createSandbox({ log: (message, facts) => logged.push({ message, facts }), ...options });
  return { sandbox, logged, attempt: (source: string, more?: Attempt) => attempt(sandbox, source, more) };
}

/** Runs code; failures come back as outcomes. Anything thrown that is no StepError is a bug and is thrown on. */
export async function attempt(sandbox: Sandbox, source: string, more: Attempt = {}): Promise<Outcome> {
  const { signal = new AbortController().signal, ...request } = more;
  try {
    const value = await sandbox.run(
      {
        projectId: 'project',
        versionKey: source.slice(0, 200),
        source,
        input: {},
        steps: {},
        env: {},
        timeoutMs: 5000,
        onLog() {},
        http: async () => {
          throw new StepError('NETWORK', 'Nobody answers here.');
        },
        ...request,
      },
      signal,
    );
    return { value };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const { code, message, details } = error;
    return { code, message, details };
  }
}

/** A name for what it came to, to compare with: `value` or the code of the failure. */
export function kindOf(outcome: Outcome): string {
  return 'value' in outcome ? 'value' : outcome.code;
}

/** An answer of the outside world. */
export function httpAnswer(
  body: string,
  more: { status?: number; headers?: Record<string, string>; url?: string } = {},
) {
  return {
    status: 200,
    statusText: 'OK',
    headers: { 'content-type': 'application/json' },
    url: 'https://api.test/',
    body: new TextEncoder().encode(body),
    ...more,
  };
}
