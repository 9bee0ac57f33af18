/** Steps of an axis are these, times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];

/**
 * Values to mark on an axis from 0 on that holds `most`: round ones, some three of them, the last one at or above
 * `most`. Whole numbers only, when things are counted.
 */
export function axisTicks(most: number, { whole = false }: { whole?: boolean } = {}): number[] {
  const highest = most > 0 ? most : 1;
  const wanted = (whole ? Math.max(1, highest) : highest) / 3;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = STEPS.map((factor) => factor * power).find(
    (one) => one >= wanted * 0.999 && (!whole || Number.isInteger(one)),
  );
  const size = step ?? 1;
  const count = Math.max(1, Math.ceil(highest / size - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * size).toPrecision(12)));
}

/** Which of so many places get a label, where each label takes `room` px of `width`; counted back from the last. */
export function labelled(places: number, width: number, room: number): number[] {
  const every = Math.max(1, Math.ceil((places * room) / Math.max(width, room)));
  const found: number[] = [];
  for (let index = places - 1; index >= 0; index -= every) found.unshift(index);
  return found;
}
