'use client';

import { createContext, useContext } from 'react';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import type { JsonPath } from './json-path.ts';
import type { FormScope, Sample } from './scope.ts';

/** What every field of a form can reach. */
export interface FormContextValue {
  /** Changes one place of the value; undefined removes it. */
  change(path: JsonPath, value: JsonValue | undefined): void;
  /** The value at a place, for a field that depends on another. */
  read(path: JsonPath): JsonValue | undefined;
  /** Problems whose `field` begins at the root of the value. */
  problems: readonly Problem[];
  scope: FormScope;
  sample: Sample | null;
  /** One field of the value may be read elsewhere: what a loop collects is read inside of it. */
  inside: { field: string; scope: FormScope; sample: Sample | null } | null;
  /** Null where no project is around: then there is nothing to choose connections from. */
  projectSlug: string | null;
  readOnly: boolean;
}

const FormContext = createContext<FormContextValue | null>(null);

export const FormProvider = FormContext.Provider;

export function useForm(): FormContextValue {
  const form = useContext(FormContext);
  if (!form) throw new Error('a field needs a FormProvider around it');
  return form;
}
