const rows = input.items.map(({ id, price, qty }) => ({ id, cost: price * qty }));
const dearest = rows.toSorted((a, b) => b.cost - a.cost || a.id - b.id);
return {
  count: rows.length,
  total: rows.reduce((sum, row) => sum + row.cost, 0),
  top5: dearest.slice(0, 5).map((row) => row.id),
};
