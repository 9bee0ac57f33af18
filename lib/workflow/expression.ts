/** The expression language, as other areas use it. */
export type { ExpressionFault, PathName, Reference } from './expression-compile.ts';
export { ExpressionError } from './expression-error.ts';
export { renameKey } from './rename.ts';
export {
  compileTemplate,
  type EvaluateTemplate,
  evaluateTemplate,
  parseTemplate,
  referencesOf,
  type Template,
} from './template.ts';
