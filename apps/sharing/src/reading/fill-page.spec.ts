import fc from 'fast-check';
import { fillPage } from './fill-page.js';

const pagesOf = async (rows: readonly number[], isShown: (row: number) => boolean, size: number) => {
  const pages: (readonly number[])[] = [];
  let after: number | null = null;
  do {
    const page: { readonly items: readonly { readonly row: number }[]; readonly next: number | null } = await fillPage({
      size,
      after,
      rowsAfter: (from: number | null, limit) =>
        Promise.resolve(rows.filter((row) => from === null || row > from).slice(0, limit)),
      itemsOf: (found) => Promise.resolve(found.filter(isShown).map((row) => ({ row }))),
      placeOf: (row) => row,
    });
    pages.push(page.items.map(({ row }) => row));
    after = page.next;
  } while (after !== null);
  return pages;
};

describe('a page of what a reader may see', () => {
  it('is as if what is not shown were not there', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ row: fc.nat(1000), isShown: fc.boolean() }), { selector: ({ row }) => row }),
        fc.integer({ min: 1, max: 5 }),
        async (plan, size) => {
          const sorted = plan.toSorted((a, b) => a.row - b.row);
          const shown = sorted.filter(({ isShown }) => isShown).map(({ row }) => row);
          const all = sorted.map(({ row }) => row);
          const pages = await pagesOf(all, (row) => shown.includes(row), size);
          expect(pages).toEqual(await pagesOf(shown, () => true, size));
          expect(pages.flat()).toEqual(shown);
        },
      ),
    ));
});
