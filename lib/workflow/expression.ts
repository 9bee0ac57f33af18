/** The expression language, as other areas use it. */
export { ExpressionError } from './expression-error.ts';
export { renameKey } from './rename.ts';
export { compileTemplate, evaluateTemplate, parseTemplate, referencesOf } from './template.ts';
