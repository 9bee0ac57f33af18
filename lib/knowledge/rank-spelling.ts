/**
 * How many letters are wrong, missing, too many or have changed places with their neighbour (optimal string
 * alignment); `most + 1` when there are more than `most`.
 */
export function editDistance(one: string, other: string, most: number): number {
  const [a, b] = [one, other];
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let twoAgo = new Uint8Array(b.length + 1);
  let before = new Uint8Array(b.length + 1);
  let now = new Uint8Array(b.length + 1);
  for (let column = 0; column <= b.length; column += 1) before[column] = column;
  for (let row = 1; row <= a.length; row += 1) {
    now[0] = row;
    let least = row;
    for (let column = 1; column <= b.length; column += 1) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      let value = Math.min(before[column]! + 1, now[column - 1]! + 1, before[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 &&
        column > 1 &&
        a.charCodeAt(row - 1) === b.charCodeAt(column - 2) &&
        a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
      if (swapped) value = Math.min(value, twoAgo[column - 2]! + 1);
      now[column] = value;
      if (value < least) least = value;
    }
    if (least > most) return most + 1;
    [twoAgo, before, now] = [before, now, twoAgo];
  }
  return Math.min(before[b.length]!, most + 1);
}
