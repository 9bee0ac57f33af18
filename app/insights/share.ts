/** `2.5 %`; nothing where there is nothing to tell. */
export function share(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '';
  const percent = (100 * part) / whole;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0).replace(/\.0$/, '')} %`;
}
