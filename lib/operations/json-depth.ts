const DEEPEST = 64;
const MOST_VALUES = 200_000;

/**
 * Whether a JSON value can be walked by recursive code without harm: a sentence when it
 * is nested deeper than 64 or holds more than 200,000 values, else null. Walks without recursion itself.
 */
export function checkDepth(root: unknown): string | null {
  const stack: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let count = 0;
  for (let item = stack.pop(); item; item = stack.pop()) {
    count += 1;
    if (count > MOST_VALUES) return `it holds more than ${MOST_VALUES.toLocaleString('en')} values`;
    const { value, depth } = item;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= DEEPEST) return `it is nested deeper than ${DEEPEST} levels`;
    for (const member of Object.values(value)) stack.push({ value: member, depth: depth + 1 });
  }
  return null;
}
