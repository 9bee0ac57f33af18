'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type McpClient, McpError, type Progress, type Question } from './mcp-client.ts';

/** A question that waits for its answer. */
export interface OpenQuestion extends Question {
  answer(result: JsonObject): void;
}

/** How far a request is. */
export type CallState =
  | { phase: 'idle' }
  | { phase: 'running'; progress: Progress | null; logs: readonly JsonObject[] }
  | { phase: 'answered'; result: JsonObject; ms: number; logs: readonly JsonObject[] }
  | { phase: 'refused'; error: Error; ms: number }
  | { phase: 'cancelled' };

export interface CallRequest {
  method: string;
  params: JsonObject;
  inputSchema?: JsonObject;
}

/** Sends one request at a time, and holds what is asked meanwhile. What is under way ends with its component. */
export function useCall(client: McpClient) {
  const [state, setState] = useState<CallState>({ phase: 'idle' });
  const [questions, setQuestions] = useState<readonly OpenQuestion[]>([]);
  const current = useRef<AbortController | null>(null);

  const cancel = useCallback(() => {
    current.current?.abort();
    current.current = null;
  }, []);
  useEffect(() => cancel, [cancel]);

  const send = useCallback(
    async ({ method, params, inputSchema }: CallRequest): Promise<void> => {
      cancel();
      const stop = new AbortController();
      current.current = stop;
      const isCurrent = () => current.current === stop;
      const logs: JsonObject[] = [];
      setQuestions([]);
      setState({ phase: 'running', progress: null, logs });
      const from = performance.now();
      /** ms that people took for their answers. */
      let asked = 0;
      const ask = (question: Question, over: AbortSignal): Promise<JsonObject> =>
        new Promise((resolve, reject) => {
          const since = performance.now();
          const forget = () => {
            asked += performance.now() - since;
            setQuestions((open) => open.filter(({ key }) => key !== question.key));
          };
          const taken = () => {
            forget();
            reject(new Error('It needs no answer any more.'));
          };
          over.addEventListener('abort', taken, { once: true });
          stop.signal.addEventListener('abort', taken, { once: true });
          const answer = (result: JsonObject) => {
            over.removeEventListener('abort', taken);
            stop.signal.removeEventListener('abort', taken);
            forget();
            resolve(result);
          };
          setQuestions((open) => [...open, { ...question, answer }]);
        });
      try {
        const result = await client.request(method, params, {
          signal: stop.signal,
          ask,
          ...(inputSchema && { inputSchema }),
          onProgress: (progress) => {
            if (isCurrent()) setState({ phase: 'running', progress, logs: [...logs] });
          },
          onNotification: (name, words) => {
            if (name !== 'notifications/message') return;
            logs.push(words);
            setState((now) => (now.phase === 'running' ? { ...now, logs: [...logs] } : now));
          },
        });
        if (isCurrent()) setState({ phase: 'answered', result, ms: performance.now() - from - asked, logs });
      } catch (error) {
        if (stop.signal.aborted) setState((now) => (now.phase === 'running' ? { phase: 'cancelled' } : now));
        else setState({ phase: 'refused', error: asError(error), ms: performance.now() - from - asked });
      } finally {
        if (isCurrent()) {
          current.current = null;
          setQuestions([]);
        }
      }
    },
    [client, cancel],
  );

  return { state, questions, send, cancel };
}

function asError(error: unknown): Error {
  if (error instanceof McpError) return error;
  const offline = error instanceof TypeError;
  return offline
    ? new Error('The server cannot be reached. Check the connection, then try again.')
    : error instanceof Error
      ? error
      : new Error(String(error));
}
