export interface FilledPage<Item, Place> {
  readonly items: readonly Item[];
  /** The place after which there is more; null: this page is the last. */
  readonly next: Place | null;
}

/**
 * A page of what a reader may see of rows in their order. It is filled with what is shown: a hole would tell that
 * something is there which is not for this reader.
 */
export const fillPage = async <Row, Item extends { readonly row: Row }, Place>({
  size,
  after,
  rowsAfter,
  itemsOf,
  placeOf,
}: {
  readonly size: number;
  readonly after: Place | null;
  /** At most `limit` rows. */
  readonly rowsAfter: (after: Place | null, limit: number) => Promise<readonly Row[]>;
  readonly itemsOf: (rows: readonly Row[]) => Promise<readonly Item[]>;
  readonly placeOf: (row: Row) => Place;
}): Promise<FilledPage<Item, Place>> => {
  const items: Item[] = [];
  // One more than a page holds: where everything shows, whether there is a next page is known without looking again.
  const limit = size + 1;
  for (let from = after; ;) {
    const rows = await rowsAfter(from, limit);
    items.push(...(await itemsOf(rows)));
    if (rows.length < limit || items.length > size) break;
    from = placeOf(rows.at(-1)!);
  }
  const shown = items.slice(0, size);
  return { items: shown, next: items.length > size ? placeOf(shown.at(-1)!.row) : null };
};
