/**
 * Of several measurements the one that is in the middle by one figure.
 * @throws when there are none
 */
export function middleOf<Figure extends string, Row extends Readonly<Record<Figure, number>>>(
  rows: readonly Row[],
  by: Figure,
): Row {
  const middle = rows.toSorted((one, other) => one[by] - other[by])[(rows.length - 1) >> 1];
  if (!middle) throw new Error('Nothing was measured.');
  return middle;
}
