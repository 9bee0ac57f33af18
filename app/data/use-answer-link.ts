'use client';

import { useMutation } from '@tanstack/react-query';
import type { JsonObject } from '#lib/workflow/json.ts';
import { api, done } from './api.ts';

/** Answers what a link asks. Its error has `status` 409 when somebody was first, 404 when it is too late. */
export function useAnswerLink(token: string) {
  return useMutation({
    mutationFn: (given: JsonObject) =>
      done(api.answers[':token'].$post({ param: { token }, json: { answer: given } })),
  });
}
