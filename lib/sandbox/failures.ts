import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { parseGuestJson } from './guest-json.ts';
import type { SandboxLimits } from './limits.ts';

interface Facts {
  message?: JsonValue;
  name?: JsonValue;
  line?: JsonValue;
  column?: JsonValue;
  /** Code of the error that the user's code did not catch, such as EGRESS_BLOCKED. */
  cause?: JsonValue;
  /** Which of the two times ran out. */
  limit?: JsonValue;
}

/**
 * The failure of a run as its author shall read it, from what the sandbox process told.
 * Positions count from 1, in the user's own code.
 */
export function guestFailure(
  code: unknown,
  body: string,
  timeoutMs: number,
  limits: SandboxLimits,
): StepError {
  const facts = readFacts(body);
  const text = typeof facts.message === 'string' ? facts.message.slice(0, MAX_MESSAGE) : '';
  const { where, details } = position(facts);
  switch (code) {
    case 'CODE_ERROR': {
      const name = typeof facts.name === 'string' && facts.name !== '' ? `${facts.name.slice(0, 100)}: ` : '';
      if (typeof facts.cause === 'string' && facts.cause !== '') details['code'] = facts.cause.slice(0, 100);
      return new StepError(code, `${name}${text}${where}`, { details });
    }
    case 'CODE_SYNTAX':
      return new StepError(code, `The code has a syntax error: ${text}${where}`, { details });
    case 'CODE_RESULT':
      return new StepError(code, text);
    case 'CODE_MEMORY':
      return memoryFailure(limits);
    case 'CODE_TIMEOUT':
      return facts.limit === 'cpu' ? cpuFailure(limits) : wallFailure(timeoutMs);
    default:
      return crashFailure();
  }
}

const MAX_MESSAGE = 4096;

function readFacts(body: string): Facts {
  try {
    const value = parseGuestJson(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function position({ line, column }: Facts): { where: string; details: Record<string, JsonValue> } {
  if (typeof line !== 'number' || typeof column !== 'number') return { where: '', details: {} };
  return { where: ` (line ${line}, column ${column})`, details: { line, column } };
}

export function wallFailure(timeoutMs: number): StepError {
  return new StepError('CODE_TIMEOUT', `The code did not finish within ${timeoutMs} ms.`, {
    details: { limit: 'wall', timeoutMs },
  });
}

export function cpuFailure({ cpuMs }: SandboxLimits): StepError {
  return new StepError('CODE_TIMEOUT', `The code used more than ${cpuMs} ms of processor time.`, {
    details: { limit: 'cpu', cpuMs },
  });
}

export function memoryFailure({ isolateMb }: SandboxLimits): StepError {
  return new StepError('CODE_MEMORY', `The code used more memory than it may (${isolateMb} MB).`, {
    details: { memoryMb: isolateMb },
  });
}

export function crashFailure(): StepError {
  return new StepError('SANDBOX_CRASHED', 'The sandbox that ran the code ended before the code did.', {
    transient: true,
  });
}
