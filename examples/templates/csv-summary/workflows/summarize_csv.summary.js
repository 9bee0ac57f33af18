const MOST_COMMON = 5;
const rows = steps.rows;
const names = rows.length > 0 ? Object.keys(rows[0]) : [];
// 1234.5, -3, 1e6; a number with a comma is left as text, because it is read differently from place to place.
const isNumber = (text) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
const rounded = (number) => Math.round(number * 1e6) / 1e6;

const columns = names.map((name) => {
  const cells = rows.map((row) => String(row[name] ?? '').trim()).filter((cell) => cell !== '');
  const counts = new Map();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const facts = { name, filled: cells.length, distinct: counts.size };
  if (cells.length === 0 || !cells.every(isNumber)) {
    const commonest = [...counts]
      .sort(([, one], [, other]) => other - one)
      .slice(0, MOST_COMMON)
      .map(([value, count]) => ({ value, count }));
    return { ...facts, type: 'text', commonest };
  }
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const number of cells.map(Number)) {
    min = Math.min(min, number);
    max = Math.max(max, number);
    sum += number;
  }
  return { ...facts, type: 'number', min, max, mean: rounded(sum / cells.length), sum: rounded(sum) };
});

return { rows: rows.length, columns };
